import type { Operation } from "../../histories/event.ts";
import { type MakeModel, models } from "../models/index.ts";
import { plainText } from "../plain-text.ts";
import { differs } from "./differs.ts";
import { fromNowhere, pieceFromNowhere } from "./from-nowhere.ts";
import { outOfRange } from "./out-of-range.ts";
import { callOf, possibleStates } from "./possible-states.ts";
import { type Question, startOf } from "./question.ts";
import type { Never, NoSuchState, OutOfRange, Reason, TakenTooOften } from "./reason.ts";
import { sourceOf } from "./sources.ts";
import { wrongOrder } from "./wrong-order.ts";

/** How many possible states a sentence may list: at first, and when no plainer reason was found. */
const few_states = 2;
const more_states = 4;
/** In histories with more operations, the search is not asked about states. */
const searchable = 100_000;

export interface Findings<State> {
  /** About the evidence, and the operations that may have happened beside it. */
  readonly question: Question<State>;
  /** Answers after this time were ignored. */
  readonly until: number;
  /** All operations of the key. */
  readonly all: readonly Operation[];
  readonly evidence: readonly Operation[];
  readonly make: MakeModel;
}

/**
 * Why the evidence is impossible: the plainest reason that holds.
 *
 * Every operation of the evidence is needed, so any of them could be said to be the one that cannot be placed.
 * The choice is the one that returned last: until then, nothing was wrong.
 */
export function findReason<State>(findings: Findings<State>): Reason {
  const { question, all, evidence, make } = findings;
  const operation = evidence.reduce((last, each) => (each.returned > last.returned ? each : last));
  const needed = new Set(evidence);
  const seen = wronglySeen(all, operation, question.model.init, make);
  if (seen !== undefined) return seen;
  const states = noSuchState(wider(findings), needed, operation, evidence, few_states);
  if (states !== undefined) return states;
  const order = asItWas(wrongOrder(question, evidence, operation), all);
  if (order?.kind === "wrong order") return order;
  const different = differs(wider(findings), needed, operation, make === models["kv"]);
  if (different !== undefined) return different;
  const more = noSuchState(wider(findings), needed, operation, evidence, more_states);
  return more ?? order ?? { kind: "unfinished", operation };
}

/** A reason that can be read off the history without a search: the operation saw what cannot have been there. */
export function wronglySeen(
  all: readonly Operation[],
  operation: Operation,
  init: unknown,
  make: MakeModel,
): Never | TakenTooOften | OutOfRange | undefined {
  if (make === models["kv"])
    return pieceFromNowhere(all, operation, typeof init === "string" ? init : "");
  if (make === models["counter"]) return outOfRange(all, operation, Number(init));
  const source = sourceOf(make);
  return source && fromNowhere(all, operation, source, init);
}

/** The question about the whole history: what is said of states must be true whatever the other operations did. */
function wider<State>({ question, all, until }: Findings<State>): Question<State> {
  if (all.length > searchable) return question.with({ deadline_ms: 0 });
  const deadline_ms = performance.now() + question.time_left_ms / 3;
  return question.with({ operations: startOf(all, until), deadline_ms });
}

function noSuchState<State>(
  question: Question<State>,
  needed: ReadonlySet<Operation>,
  operation: Operation,
  evidence: readonly Operation[],
  most: number,
): NoSuchState | undefined {
  const states = possibleStates(question, needed, operation, most);
  if (states === undefined || states.length === 0) return undefined;
  const call = callOf(operation);
  if (states.some((state) => question.model.step(state, call) !== undefined)) return undefined;
  const after = evidence
    .filter(({ returned }) => returned < operation.invoked)
    .reduce<Operation | undefined>(
      (last, each) => (last === undefined || each.returned > last.returned ? each : last),
      undefined,
    );
  return { kind: "no such state", operation, states: inOrder(states), after };
}

/** Names the operations with their later answers, if they had not returned when the culprit did. */
function asItWas<Found extends Reason>(
  found: Found | undefined,
  all: readonly Operation[],
): Found | undefined {
  if (found?.kind !== "wrong order") return found;
  const original = ({ invoked, process }: Operation): Operation =>
    all.find((each) => each.invoked === invoked && each.process === process)!;
  const moves = found.moves.map((move) => ({ ...move, other: original(move.other) }));
  return { ...found, moves };
}

function inOrder<State>(states: readonly State[]): State[] {
  const texts = new Map(states.map((state) => [state, plainText(state)]));
  const compare = new Intl.Collator("en", { numeric: true }).compare;
  return [...states].sort((one, other) => compare(texts.get(one)!, texts.get(other)!));
}
