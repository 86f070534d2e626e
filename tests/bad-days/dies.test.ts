/** A server that ends in the middle of a run: its backend says so in a sentence and keeps what it has found. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { explore } from "../../library/explore.ts";
import type { Results } from "../../reports/summary.ts";
import { startLocal } from "../../servers/local.ts";
import { type Ended, ended, start } from "./raceproof.ts";

const out = mkdtempSync(join(tmpdir(), "raceproof-dies-"));
afterAll(() => rmSync(out, { recursive: true }));

/** The two strategies that are run, and the program that is killed. */
const subjects = {
  postgres: { strategies: "in-place,upsert", program: "bin/postgres" },
  mysql: { strategies: "in-place,upsert", program: "mysqld" },
  redis: { strategies: "incr,lua", program: "-server" },
  dynamodb: { strategies: "add,conditional-put", program: "LockedDynamodb" },
} as const;
type Kind = keyof typeof subjects;

/** Runs two cells on a server, and kills it as soon as the command has said this. */
async function dies(
  kind: Kind,
  when: RegExp,
  from: string,
  kill: (pid: number) => Promise<unknown>,
): Promise<Ended & { readonly results: Results }> {
  const folder = mkdtempSync(join(out, kind));
  const { strategies } = subjects[kind];
  const child = start(
    ...["run", "--backend", kind, "--server", `${kind}=${from}`],
    ...["--workload", "counter", "--strategy", strategies, "--isolation", "RC"],
    ...["--operations", "5000", "--schedules", "2", "--out", folder],
  );
  let said = "";
  child.stderr!.on("data", (data: Buffer) => {
    const before = when.test(said);
    said += data.toString();
    if (!before && when.test(said)) void kill(child.pid!);
  });
  const end = await ended(child);
  expect(end.stdout + end.stderr).not.toMatch(/^ +at |mistake of raceproof/m);
  const text = readFileSync(join(folder, "results.json"), "utf8");
  return { ...end, results: JSON.parse(text) as Results };
}

/** The processes that a process has started. */
const childrenOf = (pid: number): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean).map(Number);

/** The child that is the server: all others are shells that watch. */
const serverOf = (pid: number, kind: Kind): number =>
  childrenOf(pid).find((one) =>
    readFileSync(`/proc/${one}/cmdline`, "utf8").includes(subjects[kind].program),
  )!;

const explored = /exploring schedules: cell +1 /;
const loading = / 1\/2 /;

describe.concurrent("in the middle of a run", () => {
  test.for([
    ["postgres", explored],
    ["mysql", explored],
    ["redis", loading],
    ["dynamodb", loading],
  ] as const)("%s of ours is killed", async ([kind, when]) => {
    const { code, stdout, results } = await dies(kind, when, "local", async (pid) =>
      process.kill(serverOf(pid, kind), "SIGKILL"),
    );
    const sentence =
      /: (not run|broken off)\. In the middle of the run, the server \(.+\) was ended by SIGKILL, as when memory is short( \(this group .*\))?; its log ends: \S/;
    expect([code, stdout]).toEqual([2, expect.stringMatching(sentence)]);
    expect(results.cells.length).toBeGreaterThan(0);
    const remarks = results.cells.flatMap(({ remarks }) => remarks);
    expect(new Set(remarks)).toEqual(new Set(["Broken off before its load."]));
  });

  test.for([
    ["postgres", loading],
    ["mysql", loading],
    ["redis", loading],
  ] as const)("%s of somebody else is killed", async ([kind, when]) => {
    await using server = await startLocal(kind, { settings: "fast", progress() {} });
    const { code, stdout, results } = await dies(kind, when, server.url, () => server.kill());
    const sentence =
      /broken off\. .*(look at its log|look at the server's log|[Nn]obody listens (at|there) )/;
    expect([code, stdout]).toEqual([2, expect.stringMatching(sentence)]);
    expect(results.cells.length).toBeGreaterThan(0);
  });
});

test.concurrent.for([
  ["mysql", "CREATE TABLE counter (n int)"],
  ["postgres", "CREATE TABLE counter (n int)"],
  ["redis", ""],
] as const)(
  "%s is killed under a test: its own error comes first",
  async ([kind, table], { expect }) => {
    await using server = await startLocal(kind, { settings: "fast", progress() {} });
    const { url } = server;
    const mine = new Error("mine");
    const inSchema = explore({
      database: { url },
      schema: async () => {
        await server.kill();
        throw mine;
      },
      client: (at: string) => at,
      setup() {},
      run() {},
    });
    const failed = await inSchema.catch((error: unknown) => error);
    expect(failed).toMatchObject({ name: "SchemaFailed", cause: mine });
    await server.start();
    const inSetup = explore({
      database: { url },
      ...(table === "" ? {} : { schema: table }),
      client: (at: string) => at,
      setup: async () => {
        await server.kill();
        throw mine;
      },
      run() {},
    });
    const refused = await inSetup.catch((error: unknown) => error);
    expect(refused).toMatchObject({ name: "SetupFailed", cause: mine });
  },
);
