/** What a driver sends before it executes a statement may take the snapshot: cursors, and drivers that prepare first. */
import pg from "pg";
import { describe, expect, inject, test } from "vitest";
import { explore, type Report } from "../../library/explore.ts";

const servers = inject("servers");

/** As much of `pg`'s connection as is used here. */
interface Wire {
  parse(query: { text: string; name: string; types: [] }): void;
  bind(query: Record<string, never>): void;
  execute(query: { rows: number }): void;
  flush(): void;
  sync(): void;
}

/** A query whose messages go in two pieces, as those of a cursor do. */
class InPieces implements pg.Submittable {
  readonly #rows: string[] = [];
  readonly #send: (wire: Wire) => void;
  #ready!: (rows: string) => void;
  readonly rows = new Promise<string>((resolve) => {
    this.#ready = resolve;
  });

  constructor(send: (wire: Wire) => void) {
    this.#send = send;
  }

  submit = (connection: pg.Connection): void => this.#send(connection as unknown as Wire);
  handleDataRow({ fields }: { fields: string[] }): void {
    this.#rows.push(fields.join());
  }
  handleCommandComplete(): void {}
  handleReadyForQuery(): void {
    this.#ready(this.#rows.join());
  }
}

const text = "SELECT n FROM stock ORDER BY id";

const ways = {
  "a portal that is opened and then read": (wire: Wire) => {
    wire.parse({ text, name: "", types: [] });
    wire.bind({});
    wire.flush();
    wire.execute({ rows: 0 });
    wire.sync();
  },
  "a statement that is prepared and then executed": (wire: Wire) => {
    wire.parse({ text, name: "", types: [] });
    wire.flush();
    wire.bind({});
    wire.execute({ rows: 0 });
    wire.sync();
  },
};

const read = (send: (wire: Wire) => void, changes: readonly string[]): Promise<Report> =>
  explore({
    database: servers.postgres.url,
    schema: "CREATE TABLE stock (id int, n int)",
    client: (url) => new pg.Pool({ connectionString: url }),
    setup: (db) => db.query("TRUNCATE stock; INSERT INTO stock VALUES (1, 0), (2, 0)"),
    run: [
      async (db) => {
        const client = await db.connect();
        await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ");
        const { rows } = client.query(new InPieces(send));
        const answer = await rows;
        await client.query("COMMIT");
        client.release();
        return answer;
      },
      async (db) => {
        for (const change of changes) await db.query(change);
      },
    ],
    repairs: false,
  });

describe.each(Object.entries(ways))("%s", (_name, send) => {
  test("can come between two changes", async () => {
    const change = (id: number): string => `UPDATE stock SET n = 1 WHERE id = ${id}`;
    await expect(read(send, [change(1), change(2)])).rejects.toThrow(/client 1 answered 1,0/);
  });

  test("comes before or behind a single one", async () => {
    expect((await read(send, ["UPDATE stock SET n = 1"])).proof).toBe(true);
  });
});
