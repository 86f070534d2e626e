/** Programs on ZooKeeper behind doors: with a library that knows nothing of doors, nor of the server's secret. */
import { type EventEmitter, once } from "node:events";
import { promisify } from "node:util";
import zookeeper, { type Client, type Event, type Exception } from "node-zookeeper-client";
import { describe, expect, inject, test } from "vitest";
import { withSchema } from "../../backends/lane-database.ts";
import { openLaneDatabase } from "../../backends/open-lane-database.ts";
import { explore, RaceFound, type Report } from "../../library/explore.ts";
import type { ProgramOptions } from "../../library/explore-options.ts";
import { throughDoors } from "../../schedules/doors/door-backend.ts";
import { Doorkeeper } from "../doorkeeper.ts";

const { EPHEMERAL, EPHEMERAL_SEQUENTIAL } = zookeeper.CreateMode;

/** The user's own client, and what it can do, with promises. */
class Nodes {
  readonly client: Client;
  readonly #hosts: string;

  constructor(url: string) {
    this.#hosts = url.replace("zookeeper://", "");
    this.client = zookeeper.createClient(this.#hosts, { sessionTimeout: 10_000, retries: 0 });
    this.client.connect();
  }

  create = (path: string, data = "", mode = 0): Promise<string> =>
    promisify<string, Buffer, number, string>(this.client.create.bind(this.client))(
      ...([path, Buffer.from(data), mode] as const),
    );
  remove = (path: string): Promise<void> =>
    promisify<string, void>(this.client.remove.bind(this.client))(path);
  children = (path: string): Promise<string[]> =>
    promisify<string, string[]>(this.client.getChildren.bind(this.client))(path);
  set = (path: string, data: string, version = -1): Promise<unknown> =>
    promisify<string, Buffer, number, unknown>(this.client.setData.bind(this.client))(
      ...([path, Buffer.from(data), version] as const),
    );
  get = (path: string): Promise<{ data: string; version: number }> =>
    new Promise((resolve, reject) =>
      this.client.getData(path, (error, data, stat) =>
        error ? reject(error) : resolve({ data: String(data), version: stat.version }),
      ),
    );
  exists = (path: string, watcher?: (event: Event) => void): Promise<boolean> =>
    new Promise((resolve, reject) => {
      const done = (error: Error | Exception | null, stat: unknown): void =>
        error ? reject(error) : resolve(Boolean(stat));
      if (watcher) this.client.exists(path, watcher, done);
      else this.client.exists(path, done);
    });
  async clear(path: string): Promise<void> {
    if (!(await this.exists(path))) return;
    for (const name of await this.children(path)) await this.clear(`${path}/${name}`);
    await this.remove(path);
  }
  close(): void {
    this.client.close();
  }
}

type Program = Partial<ProgramOptions<Nodes>> & Pick<ProgramOptions<Nodes>, "run">;

const through = (name: string, program: Program): Promise<Report> =>
  explore({
    name: `zookeeper-${name}`,
    database: inject("servers").zookeeper,
    client: (url) => new Nodes(url),
    async setup(db) {
      await db.clear("/counter");
      await db.create("/counter", "0");
    },
    ...program,
  });

async function failed(report: Promise<Report>): Promise<RaceFound> {
  const error = await report.then(
    ({ text }) => new Error(text),
    (error: unknown) => error,
  );
  if (!(error instanceof RaceFound)) throw error;
  return error;
}

/** Adds 1 if nobody else has changed the node meanwhile, else tries again. */
async function add(db: Nodes): Promise<void> {
  for (;;) {
    const { data, version } = await db.get("/counter");
    try {
      await db.set("/counter", String(Number(data) + 1), version);
      return;
    } catch (error) {
      if ((error as Error).name !== "BAD_VERSION") throw error;
    }
  }
}

async function addBlindly(db: Nodes): Promise<void> {
  const { data } = await db.get("/counter");
  await db.set("/counter", String(Number(data) + 1));
}

describe("ZooKeeper through doors", () => {
  test("a value that is read and written loses", async () => {
    const { message, exploration } = await failed(through("racy", { run: addBlindly }));
    expect(exploration.failure?.kind).toBe("unlike any serial order");
    expect(message).toContain("client 1 and client 2 both read /counter = 0; client 2 wrote 1;");
    expect(message).toContain("getData /counter");
    expect(message).toContain("→ 0, version 0");
    expect(message).toContain("nodes, key = /counter: value = 1, there 2");
    expect(message).not.toContain("raceproof-");
  });

  test("with its version it does not", async () => {
    const report = await through("version", { run: add });
    expect(report.proof, report.text).toBe(true);
  });

  test("what is half done after a lost connection or an expired session is found", async () => {
    const faults = ["errors"] as const;
    const right = await through("errors", { run: add, faults, schedules: 30 });
    expect(right.outcomes, right.text).toEqual({ correct: right.schedules });
    expect(Object.keys({ ...right.failed, ...right.unknown })).toContain("CONNECTION_LOSS");
    const run = async (db: Nodes): Promise<void> => {
      await add(db);
      await db.create("/counter/done-", "", EPHEMERAL_SEQUENTIAL);
    };
    const { message } = await failed(through("half", { run, faults, schedules: 60 }));
    expect(message).toMatch(
      /was lost after client 1's `setData \/counter 1 version 0` was done|met error SESSION_EXPIRED/,
    );
  });

  const lead = (db: Nodes, path: string): Promise<string> =>
    db.create(path, "", EPHEMERAL).then(
      () => "leads",
      (error: Error) => error.name,
    );
  const oneLeads = async (db: Nodes): Promise<boolean> =>
    (await db.children("/counter")).length === 1;

  test("a check sees the nodes of living sessions, and the next set-up finds none", async () => {
    const run = (db: Nodes): Promise<string> => lead(db, "/counter/leader");
    const report = await through("leader", { run, check: oneLeads });
    expect(report.proof, report.text).toBe(true);
    const { exploration } = await failed(
      through("leaders", {
        run: async (db, { client }) =>
          (await db.children("/counter")).length > 0 || lead(db, `/counter/${client}`),
        check: oneLeads,
      }),
    );
    expect(exploration.failure?.kind).toBe("failed check");
  });

  test("a lock that waits for a watch: no failure, and why that is no proof", async () => {
    const run = async (db: Nodes): Promise<void> => {
      const mine = await db.create("/counter/lock-", "", EPHEMERAL_SEQUENTIAL);
      const names = (await db.children("/counter")).toSorted();
      const before = names[names.indexOf(mine.slice("/counter/".length)) - 1];
      await new Promise<void>((resolve, reject) => {
        if (before === undefined) return resolve();
        db.exists(`/counter/${before}`, () => resolve()).then(
          (there) => there || resolve(),
          reject,
        );
      });
      await addBlindly(db);
      await db.remove(mine);
    };
    const report = await through("lock", { run });
    expect(report.outcomes, report.text).toEqual({ correct: report.schedules });
    expect(report.text).toContain("no proof, because clients wait for each other");
  });

  test("errors that are put in, and what the server has after them", async () => {
    const database = await openLaneDatabase(inject("servers").zookeeper);
    await using backend = throughDoors<Nodes>(database, {
      open: ({ url }) => new Nodes(url),
      close: (client) => client.close(),
    });
    const keeper = new Doorkeeper();
    await using outside = await backend.open();
    await using session = await backend.open(keeper);
    const { client } = session;
    const possible = (): readonly string[] =>
      (keeper.steps.at(-1)!.errors ?? []).filter((error) => /^[A-Z]/.test(error));
    await client.create("/a", "0");
    expect([possible(), session.isUsedUp]).toEqual([["SESSION_EXPIRED"], false]);
    session.failNext!("BAD_VERSION");
    const refused = await client.set("/a", "1", 0).catch((error: unknown) => error);
    expect(refused).toMatchObject({ name: "BAD_VERSION" });
    expect(possible()).toEqual(["BAD_VERSION", "SESSION_EXPIRED"]);
    expect(await outside.client.get("/a")).toEqual({ data: "0", version: 0 });
    await client.create("/mine", "", EPHEMERAL);
    expect(session.isUsedUp).toBe(true);
    const expired = once(client.client as unknown as EventEmitter, "expired");
    session.failNext!("SESSION_EXPIRED");
    await expect(client.get("/a")).rejects.toMatchObject({ name: "CONNECTION_LOSS" });
    expect(await outside.client.children("/")).toEqual(["a"]);
    await expired;
    expect(session.isUsedUp).toBe(false);
    expect(await database.rows!()).toEqual(
      new Map([["nodes", { rows: [{ key: "/a", type: "node", value: "0" }], sequences: {} }]]),
    );
  });

  test("a lane's folder, without the server's secret; a schema; what is written outside of it", async () => {
    const { url } = inject("servers").zookeeper;
    await using first = await withSchema(await openLaneDatabase({ url }), "create /counter 0");
    await using second = (await first.copyForLane?.())!;
    const urls = [first, second].map(({ door }) => door.address(7).url);
    for (const one of urls)
      expect(one).toMatch(/^zookeeper:\/\/127\.0\.0\.1:7\/raceproof-[^:@/]+$/);
    expect(new Set(urls).size).toBe(2);
    for (const lane of [first, second])
      expect((await lane.rows!()).get("nodes")?.rows).toMatchObject([
        { key: "/counter", value: "0" },
      ]);
    const keeper = new Doorkeeper();
    await using backend = throughDoors<Nodes>(first, {
      open: ({ url }) => new Nodes(new URL("/", url).href.slice(0, -1)),
      close: (client) => client.close(),
    });
    await using session = await backend.open(keeper);
    await session.client.exists("/counter");
    await session.client.remove("/nowhere-at-all").catch(() => undefined);
    expect(keeper.steps).toMatchObject([
      { statement: "exists server:/counter", outside: "the server's own /counter" },
      { statement: "delete server:/nowhere-at-all", outside: "the server's own /nowhere-at-all" },
    ]);
  });
});
