/** One run, interrupted once: what is left of it, and whether it told the truth. */
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { sweep } from "../../backends/leftovers.ts";
import { checkFile } from "../../checkers/check-file.ts";
import type { Results } from "../../reports/summary.ts";
import type { ServerKind } from "../../servers/server.ts";
import { homesIn, type Left, processesOf, segmentsIn, stillThere, thingsOf } from "./left.ts";
import { type Started, start, type Way } from "./ways.ts";

export interface Interruption {
  readonly way: Way;
  readonly on: Subject;
  /** URLs of servers; none: local ones. */
  readonly urls: Readonly<Partial<Record<ServerKind, string>>>;
  /** How long after the run has begun to work; undefined: at once, before it handles signals. */
  readonly after_ms: number | undefined;
  /** The file of the command, compiled. */
  readonly command: string;
}

/** A backend of the matrix, with strategies that keep every update, so that no history of them may be invalid. */
export interface Subject {
  readonly backend: string;
  readonly kinds: readonly ServerKind[];
  readonly strategies: string;
}

const sql = "select-for-update,version-column";
export const subjects: readonly Subject[] = [
  { backend: "postgres", kinds: ["postgres"], strategies: sql },
  { backend: "mysql", kinds: ["mysql"], strategies: sql },
  { backend: "mariadb", kinds: ["mariadb"], strategies: sql },
  { backend: "redis", kinds: ["redis"], strategies: "incr,lua" },
  { backend: "valkey", kinds: ["valkey"], strategies: "incr,lua" },
  { backend: "dynamodb", kinds: ["dynamodb"], strategies: "add,conditional-put" },
  {
    backend: "postgres+zookeeper",
    kinds: ["postgres", "zookeeper"],
    strategies: "zookeeper-lock-fenced",
  },
];

export interface Outcome {
  readonly left: Left;
  /** What was left after the next run, or `raceproof clean`. */
  readonly left_at_last: Left;
  readonly judged: number;
  /** What went wrong, in a sentence each. */
  readonly wrong: readonly string[];
}

/** How long an orderly end, or a watchdog, may take. */
const end_limit_ms = 90_000;
const clean_limit_ms = 20_000;

export async function interrupt(what: Interruption): Promise<Outcome> {
  // Open to others: PostgreSQL may run as another user.
  const place = mkdtempSync(join(tmpdir(), "interrupted-"));
  chmodSync(place, 0o755);
  const out = join(place, "out");
  let said = "";
  const { backend, kinds, strategies } = what.on;
  const servers = kinds.map((kind) => `${kind}=${what.urls[kind] ?? "local"}`);
  const args = [
    "run",
    ...["--backend", backend, "--workload", "counter", "--strategy", strategies],
    ...["--isolation", "RC", "--schedules", "0", "--operations", "1000000", "--out", out],
    ...servers.flatMap((server) => ["--server", server]),
  ];
  const run = await start(what.way, what.command, args, place, out);
  for (const stream of [run.outer.stdout, run.outer.stderr])
    stream?.on("data", (data) => (said += data));
  for (const stream of [run.outer.stdin, run.outer.stdout, run.outer.stderr])
    stream?.on("error", () => undefined);
  const ended = new Promise<number | null>((resolve) => run.outer.once("exit", resolve));
  if (what.after_ms !== undefined) {
    while (!existsSync(join(out, ".finished")) && run.outer.exitCode === null) await sleep(10);
    await sleep(what.after_ms);
  }
  const segments = segmentsIn(place);
  await what.way.interrupt(run);
  const code = await ended;
  const urls = kinds.flatMap((kind) => what.urls[kind] ?? []);
  const left = await whatIsLeft(place, run, segments, urls);
  const things = await afterCleaning(run.pid, urls);
  const wrong = [...told(out, said, hasTime(what)), ...codeOf(what.way, code, said)];
  const verdicts = await judge(out, wrong);
  const left_at_last = { ...left, things };
  rmSync(place, { recursive: true, force: true });
  return { left, left_at_last, judged: verdicts, wrong };
}

/**
 * Again and again for a while: a statement that was under way when its client was killed is still carried out, and on a
 * busy machine that may take seconds.
 */
async function afterCleaning(run: number, urls: readonly string[]): Promise<number> {
  if (urls.length === 0) return 0;
  const deadline = performance.now() + clean_limit_ms;
  for (;;) {
    for (const url of urls) await sweep({ url }, true);
    await sleep(1_000);
    const left = await thingsOf(run, urls);
    if (left === 0 || performance.now() > deadline) return left;
  }
}

async function whatIsLeft(
  place: string,
  run: Started,
  segments: readonly string[],
  urls: readonly string[],
): Promise<Left> {
  const deadline = performance.now() + end_limit_ms;
  for (;;) {
    const processes = processesOf(place, run.pid);
    const folders = homesIn(place).length;
    if ((processes === 0 && folders === 0) || performance.now() > deadline) {
      const things = await thingsOf(run.pid, urls);
      return { processes, folders, segments: stillThere(segments), things };
    }
    await sleep(100);
  }
}

/** Whether it can end in order, and so write down what it has found: it was working, and was asked politely, once. */
const hasTime = ({ way: { code, name }, after_ms }: Interruption): boolean =>
  after_ms !== undefined && code !== undefined && name !== "INT, INT";

/** What the run says must be true, whatever was done to it. */
function told(out: string, said: string, has_time: boolean): string[] {
  const wrong = /a mistake of raceproof's own|^\s+at .*:\d+:\d+\)?$/m.test(said)
    ? [`it says: ${said.slice(-600)}`]
    : [];
  let text: string;
  try {
    text = readFileSync(join(out, "results.json"), "utf8");
  } catch {
    return has_time ? [...wrong, `it kept no results: ${said.slice(-300)}`] : wrong;
  }
  const { cells } = JSON.parse(text) as Results;
  const false_ones = cells.filter(({ conclusion }) => conclusion === "different");
  return [
    ...wrong,
    ...false_ones.map(({ strategy, remarks }) => `${strategy}: ${remarks.join(" ")}`),
  ];
}

/** npm and a terminal that are killed have no code; a run that did not handle signals yet is ended by the signal. */
function codeOf({ by, code: expected }: Way, code: number | null, said: string): string[] {
  if (by !== "itself" || expected === undefined || code === null || code === expected) return [];
  return [`it ended with ${code}, not ${expected}: ${said.slice(-300)}`];
}

/** Judges every history. @returns how many were not empty */
async function judge(out: string, wrong: string[]): Promise<number> {
  let names: string[];
  try {
    names = readdirSync(out).filter((name) => name.includes(".jsonl"));
  } catch {
    return 0;
  }
  let judged = 0;
  for (const name of names) {
    const { verdict, reason } = await checkFile(join(out, name), { model: "counter" });
    const is_empty = verdict === "unknown" && /No operation completed/.test(reason);
    if (verdict === "valid") judged++;
    else if (!is_empty) wrong.push(`${name}: ${verdict}: ${reason}`);
  }
  return judged;
}
