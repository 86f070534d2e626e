/**
 * What a soak does again and again: schedules through gates, loads that are recorded and judged, and programs behind
 * doors. Everything that raceproof does in a long run, in one process.
 */
import { rm } from "node:fs/promises";
import pg from "pg";
import { judgeInThread } from "../cli/judge-in-thread.ts";
import { explore } from "../index.ts";
import { backends } from "../matrix/backends.ts";
import type { Cell } from "../matrix/cell.ts";
import { openBackend } from "../matrix/open-backend.ts";
import { StatusLine } from "../reports/status-line.ts";
import type { Server, ServerKind } from "../servers/server.ts";
import { startServer } from "../servers/start.ts";
import { suites } from "../suites/suites.ts";

const kinds = ["postgres", "mysql", "redis"] as const;
const size = { clients: 10, schedules: 20, fault_schedules: 20 };
/** Operations of a client, in turns: some histories are almost too long to be judged in the main thread, others are. */
const operations = { postgres: [100], mysql: [50], redis: [200, 3_000, 200, 5_000] } as const;
/** Right and wrong ones, at the server's own level. */
const chosen: readonly string[] = ["read-write", "in-place", "incr", "watch-multi-exec"];

/** Servers that are there for the whole soak. */
export class SoakWork implements AsyncDisposable {
  readonly #servers: Partial<Record<ServerKind, Server>>;
  readonly #out: string;
  readonly #status = new StatusLine();
  #round = 0;

  private constructor(servers: Partial<Record<ServerKind, Server>>, out: string) {
    this.#servers = servers;
    this.#out = out;
  }

  /** @param out for histories, which a round removes again */
  static async start(out: string): Promise<SoakWork> {
    const servers: Partial<Record<ServerKind, Server>> = {};
    for (const kind of kinds) servers[kind] = await startServer(kind, { from: "local" });
    return new SoakWork(servers, out);
  }

  /**
   * One time round; each opens its connections anew.
   * @param say told what begins
   * @throws when a cell is not as declared: a soak that does nothing right measures nothing
   */
  async round(say: (what: string) => void): Promise<void> {
    const number = this.#round++;
    for (const kind of kinds) {
      const entry = backends.find(({ name }) => name === kind)!;
      await using open = await openBackend(entry, this.#servers, suites);
      const cells = open.cells.filter(
        ({ workload, strategy, isolation }) =>
          workload === "counter" && chosen.includes(strategy) && isolation === entry.usual_level,
      );
      for (const [i, cell] of cells.entries()) {
        say(`${kind} ${cell.strategy}`);
        const sizes = operations[kind];
        await this.#cell(cell, number, sizes[(number + i) % sizes.length]!);
      }
    }
    say("doors");
    await throughDoors(this.#servers.postgres!);
  }

  async #cell(cell: Cell, seed: number, operations: number): Promise<void> {
    const { conclusion, remarks, load } = await cell.run({
      ...size,
      operations,
      seed,
      out: this.#out,
      judge: (...history) => judgeInThread(this.#status, cell.strategy, history),
    });
    if (conclusion === "different")
      throw new Error(`${cell.backend} ${cell.strategy}: ${remarks.join(" ")}`);
    if (load) await rm(load.history, { force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of Object.values(this.#servers)) await server[Symbol.asyncDispose]();
  }
}

/** A program with a pool of its own, in every interleaving and with every error. */
async function throughDoors(server: Server): Promise<void> {
  await explore({
    database: { url: server.url },
    schema: "CREATE TABLE account (id text PRIMARY KEY, balance integer)",
    client: (url) => new pg.Pool({ connectionString: url, max: 1 }),
    setup: (db) => db.query("DELETE FROM account; INSERT INTO account VALUES ('alice', 100)"),
    run: (db) => db.query("UPDATE account SET balance = balance - 1 WHERE id = 'alice'"),
    faults: ["errors"],
    schedules: 100,
  });
}
