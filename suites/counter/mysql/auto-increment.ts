import type { Connection, ResultSetHeader, RowDataPacket } from "mysql2/promise";
import type { Strategy } from "../../../matrix/strategy.ts";

/** Hands out unique numbers, with gaps: it counts attempts, not commits, and is no counter. */
export const autoIncrement: Strategy<Connection> = {
  name: "auto-increment",
  declared: { updates: "unique" },
  alone: true,
  async prepare(connection) {
    await connection.query("DELETE FROM Ticket");
    await connection.query("ALTER TABLE Ticket AUTO_INCREMENT = 1");
  },
  async increment(connection, id) {
    const [{ insertId }] = await connection.query<ResultSetHeader>(
      "INSERT INTO Ticket (counter) VALUES (?)",
      [id],
    );
    return insertId;
  },
  async read(connection) {
    const [rows] = await connection.query<RowDataPacket[]>(
      "SELECT COALESCE(MAX(number), 0) AS number FROM Ticket",
    );
    return rows[0]!.number;
  },
};
