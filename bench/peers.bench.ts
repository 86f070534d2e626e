import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { linearizable } from "../checkers/linearizable.ts";
import { models } from "../checkers/models/index.ts";
import { pick, type Random } from "../checkers/random-calls.ts";
import { randomHistory, seeded } from "../checkers/random-history.ts";
import type { Operation } from "../histories/event.ts";

/**
 * Our checkers and Porcupine (Go) on the same histories, in processor time, one thread, after warm-up. If
 * RACEPROOF_PORCUPINE names a folder with Porcupine's sources, it runs beside ours (`go` is needed). Otherwise ours
 * are compared with `recorded`, the time that Porcupine once took: the sum over the seeds, with commit 55508eb and Go
 * 1.19, on a shared machine with two cores; undefined if it had no answer after 15 s.
 */
export default async function bench(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "raceproof-bench-"));
  try {
    const porcupine = built(folder);
    for (const [title, peer] of Object.entries(peers)) compare(title, peer, porcupine, folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface Peer {
  readonly model: string;
  readonly operations: number;
  readonly clients: number;
  readonly call: (random: Random, count: number) => { f: string; input: unknown };
  readonly recorded: number | undefined;
}

const below = (random: Random, limit: number): number => Math.floor(random() * limit);
const deltas: Peer["call"] = (random) =>
  random() < 0.5 ? { f: "read", input: null } : { f: "add", input: below(random, 11) - 5 };
const text: Peer["call"] = (random, count) => {
  if (random() < 0.5) return { f: "get", input: null };
  return random() < 0.8
    ? { f: "append", input: `x ${count} y` }
    : { f: "put", input: String(count) };
};
const fewTexts: Peer["call"] = (random) => {
  if (random() < 0.5) return { f: "get", input: null };
  return {
    f: random() < 0.8 ? "append" : "put",
    input: pick(random, ["a", "b", "c", "d", "e"]),
  };
};
const elements: Peer["call"] = (random) =>
  random() < 0.2
    ? { f: "read", input: null }
    : { f: pick(random, ["contains", "add", "remove"]), input: below(random, 10) };

const peers: Readonly<Record<string, Peer>> = {
  "counter with deltas, 1,000 operations of 10 clients": {
    ...{ model: "counter", operations: 1_000, clients: 10, call: deltas },
    recorded: 20,
  },
  "counter with deltas, 1,000 operations of 20 clients": {
    ...{ model: "counter", operations: 1_000, clients: 20, call: deltas },
    recorded: 1_399,
  },
  "counter with deltas, 2,000 operations of 50 clients": {
    ...{ model: "counter", operations: 2_000, clients: 50, call: deltas },
    recorded: undefined,
  },
  "set with whole reads, 2,000 operations of 50 clients": {
    ...{ model: "set", operations: 2_000, clients: 50, call: elements },
    recorded: undefined,
  },
  "kv, 2,000 operations of 100 clients": {
    ...{ model: "kv", operations: 2_000, clients: 100, call: text },
    recorded: undefined,
  },
  "kv with five texts, 2,000 operations of 60 clients": {
    ...{ model: "kv", operations: 2_000, clients: 60, call: fewTexts },
    recorded: undefined,
  },
  "kv with five texts, 2,000 operations of 100 clients": {
    ...{ model: "kv", operations: 2_000, clients: 100, call: fewTexts },
    recorded: undefined,
  },
};

const seeds = [1, 2, 3];
const no_answer = 15_000;

function compare(title: string, peer: Peer, porcupine: string | undefined, folder: string): void {
  const histories = seeds.map((seed) => made(peer, seed));
  const ours = histories.map((operations) => time(operations, peer.model));
  const theirs =
    porcupine === undefined
      ? [{ verdict: "Ok", ms: peer.recorded }]
      : histories.map((operations) => asked(porcupine, operations, peer.model, folder));
  const answered = theirs.every(({ verdict, ms }) => verdict === "Ok" && ms !== undefined);
  const ms = ours.reduce((sum, each) => sum + each.ms, 0);
  const their_ms = theirs.reduce((sum, each) => sum + (each.ms ?? 0), 0);
  const verdicts = ours.map(({ verdict }) => verdict).join(", ");
  const ratio = answered
    ? `${(their_ms / ms).toFixed(1)} × as fast as Porcupine (${their_ms.toFixed(0)} ms; goal 10 ×)`
    : `Porcupine has no answer in ${no_answer / 1_000} s`;
  console.log(`  ${title}: ${verdicts}; ${ms.toFixed(1)} ms for ${seeds.length}; ${ratio}`);
}

function made({ model: name, operations, clients, call }: Peer, seed: number): Operation[] {
  const model = models[name]!();
  const shape = { model, operations, clients, crashed: 0, call, answer };
  return randomHistory(shape, seeded(seed)).map((operation) => ({ ...operation, key: "k" }));
}

function answer(state: unknown, { f, input }: { f: string; input: unknown }): unknown {
  if (state instanceof Set)
    return f === "read" ? [...state].map(Number) : f === "contains" && state.has(String(input));
  return f === "read" || f === "get" ? state : null;
}

/** The best of many rounds; of fewer, or only one, if a round is long. */
function time(operations: readonly Operation[], name: string): { verdict: string; ms: number } {
  const checker = linearizable(name, models[name]!);
  let best = { verdict: "", ms: Number.POSITIVE_INFINITY };
  for (
    let round = 0;
    round < 100 && (best.ms < 50 || round === 0 || (round < 10 && best.ms < 500));
    round++
  ) {
    const before = process.cpuUsage();
    const { verdict } = checker.check({ header: undefined, operations }, { timeoutMs: 60_000 });
    const { user, system } = process.cpuUsage(before);
    best = { verdict, ms: Math.min(best.ms, (user + system) / 1_000) };
  }
  return best;
}

/** Builds the program that asks Porcupine, if its sources are there. @returns its path */
function built(folder: string): string | undefined {
  const sources = process.env["RACEPROOF_PORCUPINE"];
  if (sources === undefined) return undefined;
  copyFileSync(join(import.meta.dirname, "porcupine", "main.go"), join(folder, "main.go"));
  const module = "github.com/anishathalye/porcupine";
  writeFileSync(
    join(folder, "go.mod"),
    `module peer\ngo 1.16\nrequire ${module} v0.0.0\nreplace ${module} => ${resolve(sources)}\n`,
  );
  execFileSync("go", ["build", "-o", "peer", "."], { cwd: folder, stdio: "inherit" });
  return join(folder, "peer");
}

function asked(
  program: string,
  operations: readonly Operation[],
  model: string,
  folder: string,
): { verdict: string; ms: number | undefined } {
  const file = join(folder, "history.json");
  const calls = operations.map(({ f, input, output, invoked, returned }) => {
    return { f, input, output, call: invoked, return: returned };
  });
  writeFileSync(file, JSON.stringify(calls));
  const told = execFileSync(program, [model, file, String(no_answer / 1_000)], {
    encoding: "utf8",
  });
  const [verdict = "", ms] = told.trim().split(" ");
  return { verdict, ms: Number(ms) };
}
