import { describe, expect, test } from "vitest";
import { taken_back } from "../../checkers/taken-back.ts";
import { fails, kept, type Promised } from "../promise.ts";
import type { LoadResult } from "../result.ts";
import { concludeDisturbed } from "./conclude.ts";
import { planFaults } from "./plan.ts";
import { fault_kinds, type Victim } from "./victim.ts";

const valid = { checker: "counter", verdict: "valid", reason: "all fit" } as const;
const invalid = { checker: "lost-update", verdict: "invalid", reason: "2 were lost" } as const;
const unknown = { checker: "lost-update", verdict: "unknown", reason: "no read at rest" } as const;

const survived: LoadResult = {
  history: "h.jsonl",
  expected: 100,
  acknowledged: 90,
  final: 92,
  figures: {},
  failed: {},
  unknown: { "connection lost": 10 },
  overlapping: 90,
  faults: { kill: 3 },
  verdict: valid,
  elapsed_s: 1,
  operations_per_s: 100,
  p50_ms: 1,
  p99_ms: 2,
};
const lossy: LoadResult = { ...survived, anomaly: "lost update", verdict: invalid };
const twice: LoadResult = { ...survived, anomaly: "counted twice", verdict: invalid };
const lost: Promised = { shows: ["lost update"] };
const lock_lost: Promised = { when: { lock_lost: ["lost update"] } };
const killed: Promised = { when: { killed: ["lost update"] } };
const reply_lost: Promised = { when: { reply_lost: ["counted twice", "not linearizable"] } };
const disordered: LoadResult = { ...survived, anomaly: "not linearizable", verdict: invalid };

describe("a load under faults against its promise", () => {
  test.for<[string, Promised, LoadResult, string]>([
    ["all kept", kept, survived, "as declared"],
    ["a loss", kept, lossy, "different"],
    ["a declared loss", lost, lossy, "as declared"],
    ["a declared loss that does not show", lost, survived, "different"],
    ["a loss where a lock may be lost", lock_lost, lossy, "as declared"],
    ["no loss where a lock may be lost", lock_lost, survived, "as declared"],
    ["a loss at a kill, declared", killed, lossy, "as declared"],
    ["a loss without a kill", killed, { ...lossy, faults: { cut: 3 } }, "different"],
    ["twice", kept, twice, "different"],
    ["twice where it is resent", reply_lost, twice, "as declared"],
    ["a number told twice where it is resent", reply_lost, disordered, "as declared"],
    ["a number told twice", kept, disordered, "different"],
    ["a loss where it is resent", reply_lost, lossy, "different"],
    ["a server that is away", kept, { ...survived, failed: { ECONNREFUSED: 3 } }, "as declared"],
    ["a code nobody declared", kept, { ...survived, failed: { "40001": 3 } }, "different"],
    ["a declared code", fails("40001"), { ...survived, failed: { "40001": 3 } }, "as declared"],
    ["no fault came", kept, { ...survived, faults: {} }, "no verdict"],
    ["no overlap", kept, { ...survived, overlapping: 0 }, "no verdict"],
    ["no verdict", kept, { ...survived, verdict: unknown }, "no verdict"],
  ])("%s", ([, promised, load, conclusion]) => {
    expect(concludeDisturbed(promised, load, "postgres").conclusion).toBe(conclusion);
  });

  test.for([
    ["mysql", "as declared"],
    ["mariadb", "as declared"],
    ["mysql+redis", "as declared"],
    ["postgres", "different"],
    ["redis", "different"],
  ])("a crash takes back what a reader was told, on %s", ([backend, conclusion]) => {
    const load = { ...survived, anomaly: taken_back, verdict: invalid };
    expect(concludeDisturbed(kept, load, backend!).conclusion).toBe(conclusion);
  });
});

describe("a load under faults that was broken off", () => {
  test.for<[string, Promised, LoadResult, string]>([
    ["shows what it found", kept, lossy, "different"],
    ["does not show that a loss is not there", lost, survived, "no verdict"],
    ["has not shown that it keeps its promise to the end", kept, survived, "no verdict"],
  ])("%s", ([, promised, load, conclusion]) => {
    expect(concludeDisturbed(promised, load, "postgres", true).conclusion).toBe(conclusion);
  });
});

describe("the plan of the faults", () => {
  const own = { bears: fault_kinds } as unknown as Victim;
  const foreign = { bears: ["cut"] } as unknown as Victim;
  const disturbance = {
    kinds: fault_kinds,
    times: 5,
    victims: [own, foreign],
    settings: "durable",
  } as const;

  test("follows from the seed", () => {
    expect(planFaults(disturbance, 7)).toEqual(planFaults(disturbance, 7));
    expect(planFaults(disturbance, 7)).not.toEqual(planFaults(disturbance, 8));
  });

  test("each kind as often as asked, and on those that bear it", () => {
    const plan = planFaults(disturbance, 7);
    for (const kind of fault_kinds)
      expect(plan.filter((fault) => fault.kind === kind)).toHaveLength(5);
    expect(plan.filter(({ kind, victim }) => !victim.bears.includes(kind))).toEqual([]);
  });
});
