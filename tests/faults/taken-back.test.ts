/**
 * A slow disk, and a kill: InnoDB has shown a commit to readers that is not on disk yet, and takes it back. PostgreSQL
 * shows nothing before it is there. The disk is made slow by strace: every write of the log waits.
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { Backend } from "../../backends/backend.ts";
import { connectMysql } from "../../backends/mysql/backend.ts";
import { connectPostgres } from "../../backends/postgres/backend.ts";
import { concludeDisturbed } from "../../matrix/faults/conclude.ts";
import { victimOf } from "../../matrix/faults/victim.ts";
import { judgeLoad } from "../../matrix/load/judge-load.ts";
import { runLoad } from "../../matrix/load/load.ts";
import { kept } from "../../matrix/promise.ts";
import type { LoadResult } from "../../matrix/result.ts";
import type { Strategy } from "../../matrix/strategy.ts";
import { type LocalServer, startLocal } from "../../servers/local.ts";
import { counter } from "../../suites/counter/index.ts";
import { counting } from "../../suites/counter/workload.ts";

const out = mkdtempSync(join(tmpdir(), "raceproof-taken-back-"));
afterAll(() => rmSync(out, { recursive: true }));

const seed = Date.now() % 1e6;
const can_slow_down = process.getuid?.() === 0 && spawnSync("strace", ["-V"]).status === 0;

/** Until the server is killed, every write of its log waits so long. */
async function slowDown({ pid }: LocalServer): Promise<void> {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
  const all = [String(pid), ...children.split(" ").filter(Boolean)];
  const inject = ["-e", "trace=pwrite64", "-e", "inject=pwrite64:delay_enter=30000"];
  const to = ["-f", "-o", "/dev/null", ...all.flatMap((one) => ["-p", one])];
  const strace = spawn("strace", [...inject, ...to], { stdio: ["ignore", "ignore", "pipe"] });
  await once(strace.stderr, "data"); // "Process 1 attached"
  strace.unref();
}

/** Five clients read and add, the server is killed, and what they were told is judged. */
async function killOnSlowDisk(kind: "mysql" | "postgres", attempt: number): Promise<LoadResult> {
  const server = await startLocal(kind, { settings: "durable", progress() {} });
  await using victim = await victimOf(server);
  const connect = { mysql: connectMysql, postgres: connectPostgres }[kind];
  await using backend = (await connect(victim)) as Backend<unknown>;
  const { strategies, setUp } = await counter.strategies[kind]!();
  {
    await using session = await backend.open();
    await setUp?.(session.client);
  }
  await slowDown(server);
  const path = join(out, `${kind}-${attempt}.jsonl`);
  const timing = await runLoad({
    backend,
    workload: counting,
    strategy: strategies.find(({ name }) => name === "in-place") as Strategy<unknown>,
    isolation: "READ COMMITTED",
    keys: ["a"],
    read_share: 1,
    path,
    clients: 5,
    operations: 5,
    seed,
    faults: [{ kind: "kill", victim, after_ms: 500, hold_ms: 0 }],
  });
  return await judgeLoad(path, 25, counting, timing);
}

test
  .runIf(can_slow_down)
  .concurrent(`MySQL takes back what readers saw (seed ${seed})`, async () => {
    let result = await killOnSlowDisk("mysql", 1);
    for (let attempt = 2; result.anomaly === undefined && attempt <= 8; attempt++)
      result = await killOnSlowDisk("mysql", attempt);
    expect(result.figures).toEqual({ lost: 0, twice: 0 });
    expect(result.anomaly).toBe("read taken back");
    expect(result.verdict.reason).toMatch(
      /^A crash took back what a reader had been told; nothing/,
    );
    expect(concludeDisturbed(kept, result, "mysql").conclusion).toBe("as declared");
  });

test.runIf(can_slow_down).concurrent(`PostgreSQL does not (seed ${seed})`, async () => {
  const result = await killOnSlowDisk("postgres", 1);
  expect([result.anomaly, result.verdict.verdict]).toEqual([undefined, "valid"]);
});
