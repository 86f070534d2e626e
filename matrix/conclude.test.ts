import { describe, expect, test } from "vitest";
import { conclude } from "./conclude.ts";
import type { Explored, ExploreResult, LoadResult } from "./result.ts";
import { fails, kept, lost } from "./strategy.ts";

const load = (over: Partial<LoadResult> = {}): LoadResult => ({
  history: "x.jsonl",
  expected: 10,
  acknowledged: 10,
  final: 10,
  lost: 0,
  applied_twice: 0,
  failed: {},
  unknown: {},
  overlapping: 10,
  verdict: { checker: "lost-update", verdict: "valid", reason: "" },
  elapsed_s: 1,
  increments_per_s: 10,
  p50_ms: 1,
  p99_ms: 1,
  ...over,
});
const losing = load({
  lost: 2,
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
const explored = (over: Partial<ExploreResult> = {}): Explored => ({ two: result(over) });
const failure = {
  kind: "lost update",
  text: "",
  sentence: "s",
  token: "t",
  clients: 2,
  context_switches: 1,
  found_after: 1,
  shrunk_in: 1,
  repeats: true,
};

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
    expect(conclude(kept, explored({ failure }), load()).conclusion).toBe("different");
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
    expect(conclude(lost, explored({ failure }), load()).conclusion).toBe("as declared");
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
    expect(conclude(fails("40001"), explored(), load()).conclusion).toBe("different");
    expect(conclude(fails("40001"), undefined, load()).conclusion).toBe("as declared");
    const both = explored({ failed: { "40001": 1 } });
    expect(conclude(fails("40001"), both, load({ failed: { "40001": 7 } })).conclusion).toBe(
      "as declared",
    );
  });
});

describe("a lost reply", () => {
  const twice = { ...kept, reply_lost: "counts twice" } as const;
  const counted_twice = result({ failure: { ...failure, kind: "counted twice" } });
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
  const wrong = { ...kept, answers: "wrong" } as const;
  const answers = { ...failure, kind: "not linearizable" };
  const invalid = { checker: "counter", verdict: "invalid", reason: "r" } as const;
  test("is kept when that was found, and the count is right", () => {
    const found = explored({ failure: answers });
    expect(conclude(wrong, found, load({ verdict: invalid })).conclusion).toBe("as declared");
  });
  test("is broken when nothing was found, or updates were lost", () => {
    expect(conclude(wrong, explored(), load()).conclusion).toBe("different");
    expect(conclude(wrong, explored({ failure }), load()).conclusion).toBe("different");
    expect(conclude(wrong, explored({ failure: answers }), losing).conclusion).toBe("different");
  });
});

describe("a promise to make no progress", () => {
  const stuck = { ...fails("E"), progress: "none" } as const;
  const failing = explored({ failed: { E: 2 } });
  test("is kept when no increment got through", () => {
    const none = load({ acknowledged: 0, failed: { E: 10 } });
    expect(conclude(stuck, failing, none).conclusion).toBe("as declared");
  });
  test("is broken by one that did", () => {
    const one = load({ acknowledged: 1, failed: { E: 9 } });
    expect(conclude(stuck, failing, one).conclusion).toBe("different");
  });
});
