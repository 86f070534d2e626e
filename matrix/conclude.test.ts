import { describe, expect, test } from "vitest";
import type { Trace } from "../schedules/trace.ts";
import { conclude } from "./conclude.ts";
import { fails, kept, type Promised } from "./promise.ts";
import type { Explorations, ExploreResult, LoadResult } from "./result.ts";

const lost: Promised = { shows: ["lost update"] };

const load = (over: Partial<LoadResult> = {}): LoadResult => ({
  history: "x.jsonl",
  expected: 10,
  acknowledged: 10,
  final: 10,
  figures: {},
  failed: {},
  unknown: {},
  overlapping: 10,
  verdict: { checker: "lost-update", verdict: "valid", reason: "" },
  elapsed_s: 1,
  operations_per_s: 10,
  p50_ms: 1,
  p99_ms: 1,
  ...over,
});
const losing = load({
  anomaly: "lost update",
  verdict: { checker: "lost-update", verdict: "invalid", reason: "2 of 10 were lost." },
});
const result = (over: Partial<ExploreResult> = {}): ExploreResult => ({
  clients: 2,
  schedules: 6,
  pruned: 0,
  complete: true,
  outcomes: { correct: 6 },
  failed: {},
  ...over,
});
const explored = (over: Partial<ExploreResult> = {}): Explorations => ({ two: result(over) });
const trace: Trace = {
  operations: [1, 1],
  choices: [],
  faults: [],
  steps: [],
  results: [],
  ending: { kind: "ended" },
};
/** A result in which some interleavings fail like this, and others do not. */
const failing = (kind: string): Partial<ExploreResult> => ({
  outcomes: { correct: 3, [kind]: 3 },
  failure: {
    kind,
    message: "m",
    foundAfter: 1,
    found: trace,
    expected: { whole: "12345678", steps: "." },
    again: { runs: 1, failed: 1 },
    shrunkIn: 1,
    smallest: trace,
    token: "t",
  },
});

describe("explorations that were broken off", () => {
  const broken_off = (more: Partial<Explorations>): Explorations => ({
    ...explored({ complete: false, schedules: 2 }),
    interrupted: true,
    ...more,
  });
  test.for<[string, Promised, Explorations]>([
    ["an anomaly", { shows: ["lost update", "same number twice"] }, broken_off({})],
    ["a code", fails("40001"), broken_off({})],
    [
      "a fault's effect",
      { when: { reply_lost: ["counted twice"] } },
      broken_off({ reply_lost: result() }),
    ],
    [
      "another fault's",
      { when: { lock_lost: ["lost update"] } },
      { ...broken_off({}), ...explored() },
    ],
  ])("do not show that %s is not there", ([, promised, explored]) => {
    expect(conclude(promised, explored, undefined).conclusion).toBe("no verdict");
  });
  test("still show what they found", () => {
    const found = broken_off({ two: result({ complete: false, ...failing("lost update") }) });
    expect(conclude(kept, found, undefined).conclusion).toBe("different");
  });
});

describe("a cell that was broken off", () => {
  test.for<[string, Promised, Explorations | undefined, LoadResult | undefined, boolean, string]>([
    ["before its load", kept, explored(), undefined, true, "Broken off before its load."],
    ["in its load", kept, explored(), load(), true, "Its load was broken off."],
    [
      "with all that it declares",
      lost,
      explored(failing("lost update")),
      undefined,
      true,
      "Broken off before its load.",
    ],
    ["with nothing", kept, undefined, undefined, true, "Nothing was run."],
  ])("%s is not as declared", ([, promised, explored, load, interrupted, remark]) => {
    expect(conclude(promised, explored, load, interrupted)).toEqual({
      conclusion: "no verdict",
      remarks: [remark],
    });
  });
  test("still shows what it found", () => {
    expect(conclude(kept, explored(), losing, true).conclusion).toBe("different");
    expect(conclude(kept, explored(failing("lost update")), undefined, true).conclusion).toBe(
      "different",
    );
  });
});

describe("explorations with gaps", () => {
  const gaps = ["Of its 3 parts 1 brought back nothing."];
  const both = { outcomes: { correct: 3, "lost update": 3, "same number twice": 1 } };
  test.for<[string, Promised, Partial<ExploreResult>]>([
    ["nothing goes wrong", kept, {}],
    ["an anomaly is not there", { shows: ["lost update"] }, {}],
    ["a code is not there", fails("40001"), {}],
    ["what was found is all", { shows: ["lost update", "same number twice"] }, both],
  ])("do not show that %s, even if all else is complete", ([, promised, found]) => {
    const remarks = gaps;
    expect(conclude(promised, { ...explored(found), gaps }, load())).toEqual({
      conclusion: "no verdict",
      remarks,
    });
  });
  test("still show what they found, and that there are gaps", () => {
    const found = { ...explored(failing("lost update")), gaps };
    expect(conclude(kept, found, load())).toEqual({
      conclusion: "different",
      remarks: ["Not declared: lost update: m", ...gaps],
    });
  });
  test("take nothing from the search with a fault, which is never divided", () => {
    const twice: Promised = { when: { reply_lost: ["counted twice"] } };
    const harmless = { two: result(), reply_lost: result(), gaps };
    expect(conclude(twice, harmless, load()).conclusion).toBe("different");
  });
});

describe("a promise to keep every update", () => {
  test("holds when nothing was lost", () => {
    expect(conclude(kept, explored(), load()).conclusion).toBe("as declared");
  });
  test("is broken by a load that lost some", () => {
    expect(conclude(kept, undefined, losing)).toEqual({
      conclusion: "different",
      remarks: ["2 of 10 were lost."],
    });
  });
  test("is broken by one interleaving", () => {
    expect(conclude(kept, explored(failing("lost update")), load()).conclusion).toBe("different");
  });
  test("proves nothing without overlap", () => {
    expect(conclude(kept, undefined, load({ overlapping: 0 })).conclusion).toBe("no verdict");
  });
  test("proves nothing when the search was not complete", () => {
    expect(conclude(kept, explored({ complete: false }), load()).conclusion).toBe("no verdict");
  });
});

describe("a promise to lose updates", () => {
  test("holds when the load or the search shows it", () => {
    expect(conclude(lost, undefined, losing).conclusion).toBe("as declared");
    expect(conclude(lost, explored(failing("lost update")), load()).conclusion).toBe("as declared");
  });
  test("is broken by another anomaly beside it, and by another instead of it", () => {
    const outcomes = { correct: 1, "lost update": 1, "counted twice": 1 };
    const both = explored({ ...failing("lost update"), outcomes });
    expect(conclude(lost, both, load()).remarks).toEqual([
      "Not declared: counted twice: some interleavings end like that.",
    ]);
    const other = conclude(lost, explored(failing("counted twice")), load());
    expect(other.remarks).toEqual([
      "Not declared: counted twice: m",
      "Declared: lost update, in some interleaving of two clients; what was found is counted twice.",
    ]);
  });
  test("is broken when nothing is lost", () => {
    expect(conclude(lost, undefined, load()).conclusion).toBe("different");
    expect(conclude(lost, explored(), losing).conclusion).toBe("different");
  });
});

describe("codes", () => {
  test("that are not declared differ", () => {
    expect(conclude(kept, undefined, load({ failed: { "40001": 1 } })).conclusion).toBe(
      "different",
    );
    expect(conclude(kept, explored({ failed: { "40001": 1 } }), load()).conclusion).toBe(
      "different",
    );
  });
  test("that are declared must show in the search, but need not in the load", () => {
    const flushed = { what: "its tables were flushed", count: 3, codes: ["1205"] };
    const by_others = load({ failed: { "1205": 2 }, interventions: flushed });
    expect(conclude(kept, explored(), by_others)).toEqual({
      conclusion: "no verdict",
      remarks: [expect.stringMatching(/fail with 1205, not declared; .*flushed \(3 times\)\.$/)],
    });
    expect(conclude(fails("1205"), undefined, by_others).conclusion).toBe("as declared");
    expect(conclude(kept, explored({ failed: { "1205": 1 } }), by_others).conclusion).toBe(
      "different",
    );
    const held = explored({ complete: false, gave_up: "client 1 was held up" });
    expect(conclude(kept, held, load()).remarks).toEqual([
      "Not all interleavings were run, only 6: client 1 was held up.",
    ]);
    expect(conclude(fails("40001"), explored(), load()).conclusion).toBe("different");
    expect(conclude(fails("40001"), undefined, load()).conclusion).toBe("as declared");
    const both = explored({ failed: { "40001": 1 } });
    expect(conclude(fails("40001"), both, load({ failed: { "40001": 7 } })).conclusion).toBe(
      "as declared",
    );
  });
});

describe("a lost reply", () => {
  const twice: Promised = { when: { reply_lost: ["counted twice"] } };
  const counted_twice = result(failing("counted twice"));
  test("that counts twice must be declared", () => {
    const shown = { two: result(), reply_lost: counted_twice };
    expect(conclude(kept, shown, load()).conclusion).toBe("different");
    expect(conclude(twice, shown, load()).conclusion).toBe("as declared");
  });
  test("declared to count twice must do so", () => {
    const harmless = { two: result(), reply_lost: result() };
    expect(conclude(twice, harmless, load()).conclusion).toBe("different");
    expect(conclude(kept, harmless, load()).conclusion).toBe("as declared");
  });
});

describe("a promise to answer with another's number", () => {
  const wrong: Promised = { shows: ["not linearizable"] };
  const answers = failing("not linearizable");
  const verdict = { checker: "counter", verdict: "invalid", reason: "r" } as const;
  const wrong_load = load({ verdict, anomaly: "not linearizable" });
  test("is kept when that was found, and the count is right", () => {
    const found = explored(answers);
    expect(conclude(wrong, found, wrong_load).conclusion).toBe("as declared");
  });
  test("is broken when nothing was found, or updates were lost", () => {
    expect(conclude(wrong, explored(), load()).conclusion).toBe("different");
    expect(conclude(wrong, explored(failing("lost update")), load()).conclusion).toBe("different");
    expect(conclude(wrong, explored(answers), losing).conclusion).toBe("different");
  });
});

describe("what a load alone may bring out", () => {
  const verdict = { checker: "bank", verdict: "invalid", reason: "r" } as const;
  const torn = load({ verdict, anomaly: "wrong total" });
  test("must be declared, and need not show", () => {
    const declared: Promised = { under_load: ["wrong total"] };
    expect(conclude(declared, explored(), torn).conclusion).toBe("as declared");
    expect(conclude(declared, explored(), load()).conclusion).toBe("as declared");
    expect(conclude(kept, explored(), torn).conclusion).toBe("different");
  });
  test("must not show in the interleavings of two clients", () => {
    const declared: Promised = { under_load: ["wrong total"] };
    expect(conclude(declared, explored(failing("wrong total")), load()).conclusion).toBe(
      "different",
    );
  });
});

describe("a promise to make no progress", () => {
  const stuck: Promised = { ...fails("E"), progress: "none" };
  const all_fail = explored({ failed: { E: 2 } });
  test("is kept when no increment got through", () => {
    const none = load({ acknowledged: 0, failed: { E: 10 } });
    expect(conclude(stuck, all_fail, none).conclusion).toBe("as declared");
  });
  test("is broken by one that did", () => {
    const one = load({ acknowledged: 1, failed: { E: 9 } });
    expect(conclude(stuck, all_fail, one).conclusion).toBe("different");
  });
});
