/** A run at servers given by URL is killed: what it left is found by its mark, and removed when its run is over. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import pg from "pg";
import { expect, inject, test } from "vitest";
import type { Leftover } from "../../backends/leftover.ts";
import { findLeftovers, sweep } from "../../backends/leftovers.ts";
import { own_mark } from "../../owners/run-mark.ts";
import type { ServerKind } from "../../servers/server.ts";

/** A node of its own that makes something at a server, and waits. */
async function maker(code: string, url: string): Promise<ChildProcess> {
  const text = `const url = ${JSON.stringify(url)}; ${code}; console.log("made"); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", text], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(createInterface({ input: child.stdout }), "line");
  return child;
}

const from = (name: string): string => new URL(`../../backends/${name}`, import.meta.url).href;

const session = (file: string, connect: string, work: string): string =>
  `const { ${connect} } = await import("${from(file)}");
   const backend = await ${connect}({ url });
   const { client } = await backend.open();
   ${work}`;
const lane = (schema: string): string =>
  `const { openLaneDatabase } = await import("${from("open-lane-database.ts")}");
   const database = await openLaneDatabase({ url });
   await database.say?.(${JSON.stringify(schema)});`;

const table = JSON.stringify({
  TableName: "Killed",
  AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
  KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
  BillingMode: "PAY_PER_REQUEST",
});

const made: Partial<Record<ServerKind, readonly (readonly [what: RegExp, code: string])[]>> = {
  postgres: [
    [/^database raceproof_/, session("postgres/backend.ts", "connectPostgres", "")],
    [/^database raceproof_/, lane("CREATE TABLE a (b int)")],
  ],
  mysql: [[/^database raceproof_/, session("mysql/backend.ts", "connectMysql", "")]],
  mariadb: [[/^database raceproof_/, lane("CREATE TABLE a (b int)")]],
  redis: [
    [
      /^keys raceproof:/,
      session("redis/backend.ts", "connectRedis", 'await client.set(backend.prefix + "a", 1)'),
    ],
    [/^numbered database 1, with 0 keys/, lane("")],
  ],
  valkey: [
    [
      /^numbered database 1, with 2 keys /,
      `${lane("")} const { connectRedis } = await import("${from("redis/backend.ts")}");
       const inside = await connectRedis({ url: database.door.address().url });
       await (await inside.open()).client.set("own", 1);`,
    ],
  ],
  dynamodb: [[/^table Killed/, lane(`CreateTable ${table}`)]],
  zookeeper: [
    [
      /^node raceproof-/,
      session(
        "zookeeper/backend.ts",
        "connectZookeeper",
        'await new Promise((done) => client.create("/a", done))',
      ),
    ],
  ],
};
const cases = Object.entries(made).flatMap(([kind, all]) =>
  all.map(([what, code], i) => [kind as ServerKind, i + 1, what, code] as const),
);

test.each(cases)("%s %i", async (kind, _i, what, code) => {
  const { url } = inject("servers")[kind];
  const run = await maker(code, url);
  const of_run = ({ mark }: Leftover): boolean => mark.pid === run.pid;
  const there = async (): Promise<Leftover[]> => {
    await using found = await findLeftovers({ url });
    return found.leftovers.filter(of_run);
  };
  expect((await there()).map((one) => what.test(one.what))).toContain(true);
  expect((await sweep({ url }, true)).removed.filter(of_run)).toEqual([]);
  run.kill("SIGKILL");
  await once(run, "exit");
  const swept = await sweep({ url }, true);
  expect(swept.removed.filter(of_run).map((one) => what.test(one.what))).toContain(true);
  expect([swept.refused.filter(({ leftover }) => of_run(leftover)), await there()]).toEqual([
    [],
    [],
  ]);
});

test("a numbered database with something in it is emptied only when somebody asks", async () => {
  const { url } = inject("servers").valkey;
  const run = await maker(made.valkey![0]![1], url);
  run.kill("SIGKILL");
  await once(run, "exit");
  const of_run = ({ mark }: Leftover): boolean => mark.pid === run.pid;
  expect((await sweep({ url })).left.filter(of_run)).toMatchObject([{ if_asked: true }]);
  expect((await sweep({ url }, true)).removed.some(of_run)).toBe(true);
});

test("what another machine or user has left stays, and what bears no mark is not even seen", async () => {
  const { url } = inject("servers").postgres;
  const [place, ...rest] = own_mark.split("_");
  const foreign = `raceproof_${[`zzzzzzzz${place!.slice(8)}`, ...rest].join("_")}_0000000`;
  const unmarked = "raceproof_0123456789ab";
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const names = [foreign, unmarked];
  for (const name of names) await client.query(`CREATE DATABASE ${name}`);
  const { removed, left } = await sweep({ url }, true);
  const { rows } = await client.query("SELECT datname FROM pg_database WHERE datname = ANY ($1)", [
    names,
  ]);
  for (const name of names) await client.query(`DROP DATABASE ${name}`);
  await client.end();
  const whats = (all: readonly Leftover[]) => all.map(({ what }) => what.replace(/^database /, ""));
  expect(rows).toHaveLength(2);
  expect(whats(removed).filter((name) => names.includes(name))).toEqual([]);
  expect(whats(left).filter((name) => names.includes(name))).toEqual([foreign]);
});
