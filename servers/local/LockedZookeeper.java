import java.security.MessageDigest;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.data.Id;
import org.apache.zookeeper.server.ServerCnxn;
import org.apache.zookeeper.server.auth.AuthenticationProvider;

/** Replaces ZooKeeper's digest scheme, which takes any user with any password; this one takes only one login. */
public final class LockedZookeeper implements AuthenticationProvider {
  private final String login = System.getProperty("zookeeper.raceproof.login");

  @Override
  public String getScheme() {
    return "digest";
  }

  @Override
  public KeeperException.Code handleAuthentication(ServerCnxn connection, byte[] said) {
    if (login == null || said == null || !MessageDigest.isEqual(said, login.getBytes()))
      return KeeperException.Code.AUTHFAILED;
    connection.addAuthInfo(new Id("digest", "raceproof"));
    return KeeperException.Code.OK;
  }

  @Override
  public boolean matches(String id, String wanted) {
    return id.equals(wanted);
  }

  @Override
  public boolean isAuthenticated() {
    return true;
  }

  @Override
  public boolean isValid(String id) {
    return true;
  }
}
