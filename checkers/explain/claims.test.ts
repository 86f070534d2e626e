/**
 * Whether explanations are true: every kind of reason is a claim of its own, and each is checked by trying all
 * orders, without the search that found it.
 */
import { describe, expect, test } from "vitest";
import type { Operation } from "../../histories/event.ts";
import { bruteForce } from "../brute-force.ts";
import type { Model } from "../model.ts";
import { models } from "../models/index.ts";
import { plainText, same } from "../plain-text.ts";
import { pick, type Random, someHistory } from "../random-calls.ts";
import { seeded } from "../random-history.ts";
import { checkerFor } from "../select.ts";
import { anOrder, statesFound } from "./all-orders.test-support.ts";
import { kinds } from "./more-kinds.test-support.ts";
import { callOf } from "./possible-states.ts";
import { startOf } from "./question.ts";
import type { Move, Reason } from "./reason.ts";

const seed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const rounds = Math.ceil(Number(process.env["ROUNDS"] ?? 5_000) / 8);
const table: Record<string, Record<string, number>> = {};

interface Case {
  readonly all: readonly Operation[];
  readonly evidence: readonly Operation[];
  readonly model: Model<unknown>;
}

/**
 * A claim that something is impossible must hold in the whole history; a claim that something is possible, in the
 * whole history or in the part of it until the culprit returned.
 */
function possible(
  { all, model }: Case,
  needed: readonly Operation[],
  until: number,
  moved: ReadonlyMap<Operation, Partial<Operation>> = new Map(),
): { never: boolean; ever: boolean; never_by_then: boolean } {
  const order = (operations: readonly Operation[]): boolean => {
    const kept = new Set<Operation>();
    const placed = operations.map((each) => {
      const one = { ...each, ...moved.get(each) };
      if (needed.includes(each)) kept.add(one);
      return one;
    });
    return anOrder(placed, kept, model);
  };
  const whole = order(all);
  const start = order(startOf(all, until));
  return { never: !whole, ever: whole || start, never_by_then: !whole || !start };
}

/** Swaps the answers of two operations: wrong answers, but not out of thin air. */
function answersSwapped(operations: readonly Operation[], random: Random): readonly Operation[] {
  const answered = operations.filter(({ status, output }) => status === "ok" && output !== null);
  if (answered.length < 2) return operations;
  const one = pick(random, answered);
  const other = pick(
    random,
    answered.filter(({ f, input }) => f === one.f && same(input, one.input)),
  );
  return operations.map((each) => {
    if (each === one) return { ...each, output: other.output };
    return each === other ? { ...each, output: one.output } : each;
  });
}

const brings = ["write", "cas", "add", "enqueue", "push", "add-first", "add-last"];
const bringsIn = ({ f, input, output, status }: Operation, value: unknown): boolean =>
  status !== "fail" &&
  brings.includes(f) &&
  !(f === "cas" && output === false) &&
  same(f === "cas" ? (input as unknown[])[1] : input, value);

/** A missing key counts as an empty text. */
const textOf = (state: unknown): string => (typeof state === "string" ? state : "");

type Claims = {
  [Kind in Reason["kind"]]: (reason: Extract<Reason, { kind: Kind }>, of: Case) => void;
};

const claims: Claims = {
  never({ operation, value, at, later }, { all }) {
    const others = all.filter((each) => each !== operation && each.status !== "fail");
    const before = others.filter(({ invoked }) => invoked < operation.returned);
    if (at !== undefined) {
      const text = String(operation.output);
      for (const { f, input } of before)
        if (f === "put" || f === "append")
          for (let from = 0; from <= at; from++)
            if (text.startsWith(String(input), from))
              expect(from + String(input).length).toBeLessThanOrEqual(at);
      expect(at).toBeLessThan(text.length);
      return;
    }
    expect(JSON.stringify([operation.input, operation.output])).toContain(JSON.stringify(value));
    expect(before.filter((each) => bringsIn(each, value))).toEqual([]);
    const after = others.filter((each) => !before.includes(each) && bringsIn(each, value));
    expect(later).toBe(after[0]);
  },
  "taken too often"({ operation, value, put, atStart: at_start, taken }, { all }) {
    const before = all.filter(({ invoked }) => invoked < operation.returned);
    expect(put).toEqual(before.filter((each) => bringsIn(each, value)));
    for (const each of taken)
      expect([each.status, each.output, each.returned <= operation.returned]).toEqual([
        "ok",
        value,
        true,
      ]);
    expect(new Set(taken).size).toBe(taken.length);
    expect(taken).toContain(operation);
    expect(taken.length).toBeGreaterThan(put.length + at_start);
  },
  "out of range"({ operation, low, high }, { all, model }) {
    expect(Number(operation.output) < low || Number(operation.output) > high).toBe(true);
    const delta = operation.f === "add" ? Number(operation.input) : 0;
    const values = statesFound(all, new Set(), operation, model).map((one) => Number(one) + delta);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(low);
    expect(Math.max(...values)).toBeLessThanOrEqual(high);
  },
  "no such state"({ operation, states, after }, { all, evidence, model }) {
    const needed = new Set(evidence);
    const texts = states.map(plainText);
    for (const state of states) expect(model.step(state, callOf(operation))).toBe(undefined);
    for (const state of statesFound(all, needed, operation, model))
      expect(texts).toContain(plainText(state));
    const start = startOf(all, operation.returned);
    const found = statesFound(start, needed, operation, model).map(plainText);
    for (const text of texts) expect(found).toContain(text);
    const before = evidence.filter(({ returned }) => returned < operation.invoked);
    expect(after?.returned).toBe(
      before.length === 0 ? undefined : Math.max(...before.map(({ returned }) => returned)),
    );
  },
  differs({ operation, closest, length }, { all, evidence, model }) {
    const needed = new Set(evidence);
    const output = String(operation.output);
    const states = statesFound(all, needed, operation, model).map(textOf);
    for (const state of states)
      expect(state.startsWith(output.slice(0, length + 1)) && length < output.length).toBe(false);
    expect(states).not.toContain(output);
    expect(closest.startsWith(output.slice(0, length))).toBe(true);
    const start = startOf(all, operation.returned);
    expect(statesFound(start, needed, operation, model).map(textOf)).toContain(closest);
  },
  "wrong order"({ operation, moves }, of) {
    const past = ({ not, other }: Move, short: number): Partial<Operation> =>
      not === "after" ? { invoked: other.returned + short } : { returned: other.invoked - short };
    const movedBy = (some: readonly Move[], short = 0): Map<Operation, Partial<Operation>> => {
      const moved = new Map<Operation, Partial<Operation>>();
      for (const move of some)
        moved.set(move.operation, { ...moved.get(move.operation), ...past(move, short) });
      return moved;
    };
    expect(moves.length).toBeGreaterThan(0);
    for (const move of moves) {
      if (move.not === "after") expect(move.other.returned).toBeLessThan(move.operation.invoked);
      else expect(move.operation.returned).toBeLessThan(move.other.invoked);
      const rest = moves.filter((each) => each !== move);
      expect(possible(of, of.evidence, operation.returned, movedBy(rest)).never).toBe(true);
    }
    expect(possible(of, of.evidence, operation.returned, movedBy(moves)).ever).toBe(true);
    if (moves.length === 1)
      expect(possible(of, of.evidence, operation.returned, movedBy(moves, 0.25)).never).toBe(true);
  },
  exclusive({ operation, operations }, of) {
    expect(operations).toEqual(of.evidence);
    const any_time = { invoked: -1, returned: 1_000 };
    const moved = new Map(operations.map((each) => [each, any_time]));
    expect(possible(of, operations, operation.returned, moved).never_by_then).toBe(true);
  },
  unfinished() {
    throw new Error("there was time enough");
  },
};

describe(`reasons are true, and evidence is the smallest (seed ${seed})`, () => {
  test.each(Object.keys(kinds))(`${rounds} random histories: %s`, async (name) => {
    const random = seeded(seed);
    const [model_name] = name.split(",");
    const model = models[model_name!]!();
    const row: Record<string, number> = { invalid: 0 };
    for (let round = 0; round < rounds; round++) {
      const size = 2 + Math.floor(random() * 6);
      const made = someHistory(model, kinds[name]!, size, random);
      const all = random() < 0.3 ? answersSwapped(made, random) : made;
      const told = await checkerFor(model_name!).check({ header: undefined, operations: all }, {});
      expect(told.verdict).toBe(bruteForce(all, model) ? "valid" : "invalid");
      if (told.verdict === "valid") continue;
      row["invalid"]!++;
      const where = `${name}, seed ${seed}, round ${round}: ${told.reason} ${JSON.stringify(all)}`;
      try {
        look({ all, evidence: told.evidence!, model }, told.why, told.minimal, row);
        expect(told.reason).not.toMatch(/no order explains|\[object/);
      } catch (error) {
        throw new Error(where, { cause: error });
      }
    }
    table[name] = row;
    expect(row["invalid"]).toBeGreaterThan(rounds / 20);
  });

  test("and which there were", () => {
    console.table(table);
    const found = new Set(Object.values(table).flatMap((row) => Object.keys(row)));
    expect([...found].sort()).toEqual([
      "differs",
      "exclusive",
      "invalid",
      "never",
      "no such state",
      "out of range",
      "taken too often",
      "wrong order",
    ]);
  });
});

function look(
  of: Case,
  why: Reason | undefined,
  minimal: boolean | undefined,
  row: Record<string, number>,
): void {
  const { evidence } = of;
  const end = Math.max(...evidence.map(({ returned }) => returned));
  expect(minimal).toBe(true);
  expect(possible(of, evidence, end).never).toBe(true);
  for (const operation of evidence) {
    const rest = evidence.filter((each) => each !== operation);
    expect(possible(of, rest, end).ever).toBe(true);
  }
  if (why === undefined) return;
  row[why.kind] = (row[why.kind] ?? 0) + 1;
  expect(why.operation.returned).toBe(end);
  expect(evidence).toContain(why.operation);
  // oxlint-disable-next-line no-unsafe-type-assertion -- each claim is asked about its own kind
  (claims[why.kind] as (reason: Reason, of: Case) => void)(why, of);
}
