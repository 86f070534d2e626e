import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;

/**
 * One more visit, with JDBC: `racy`, or `repaired`. The database is where JDBC_URL says:
 *
 * <pre>
 * javac -d . examples/any-language/jdbc/Increment.java
 * raceproof race --database postgres --schema examples/any-language/counter.sql \
 *   --setup "DELETE FROM Counter; INSERT INTO Counter VALUES (1, 0)" \
 *   --check "SELECT count_value = 2 FROM Counter" \
 *   --env "JDBC_URL=jdbc:postgresql://{host}:{port}/{database}?user={user}&password={password}" \
 *   -- java -cp /usr/share/java/postgresql.jar:. Increment racy
 * </pre>
 */
public class Increment {
  public static void main(String[] args) throws Exception {
    String lock = args[0].equals("repaired") ? " FOR UPDATE" : "";
    try (Connection db = DriverManager.getConnection(System.getenv("JDBC_URL"))) {
      db.setAutoCommit(false);
      int count;
      try (PreparedStatement read =
          db.prepareStatement("SELECT count_value FROM Counter WHERE id = ?" + lock)) {
        read.setInt(1, 1);
        try (ResultSet rows = read.executeQuery()) {
          rows.next();
          count = rows.getInt(1);
        }
      }
      try (PreparedStatement write =
          db.prepareStatement("UPDATE Counter SET count_value = ? WHERE id = ?")) {
        write.setInt(1, count + 1);
        write.setInt(2, 1);
        write.executeUpdate();
      }
      db.commit();
      System.out.println(count + 1);
    }
  }
}
