import type { Header, Operation } from "../../histories/event.ts";
import { drawTimeline } from "../draw-timeline.ts";
import type { Model } from "../model.ts";
import type { MakeModel } from "../models/index.ts";
import { plainText } from "../plain-text.ts";
import type { Budget } from "../search/search-result.ts";
import { impossibleValues } from "./by-value.ts";
import { findReason, wronglySeen } from "./find-reason.ts";
import { Question, startOf } from "./question.ts";
import type { Reason } from "./reason.ts";
import { type Part, smallestPart } from "./smallest-part.ts";
import { sourceOf } from "./sources.ts";
import { tell } from "./tell.ts";

export interface Explanation {
  readonly reason: Reason;
  /** The reason for people, without a full stop. */
  readonly sentence: string;
  /** A drawing of the evidence, and of the other operations that the reason names. */
  readonly drawing: string;
  /** A part of the history that is not linearizable, whichever of the other operations happened. */
  readonly evidence: readonly Operation[];
  /** Whether no operation can be left out of it. */
  readonly minimal: boolean;
  /** How many operations are not shown, when the evidence is not the smallest and too long. */
  readonly left_out: number;
}

/** The share of the time that goes into making the evidence small. */
const shrinking_share = 0.6;
/** The share of the time that goes into looking for values of a container that are impossible by themselves. */
const splitting_share = 0.3;
/** With at most this many operations, that is not worth while. */
const searchable_at_once = 30;
/** The most operations of evidence that are shown. */
const most_told = 100;
/** The most operations that brought in the value that was seen, and are drawn beside the evidence. */
const most_sources = 3;

export interface Impossible<State> {
  /** Of one key. */
  readonly all: readonly Operation[];
  /** Those of them that are impossible whatever the others did; all of them when that is not known. */
  readonly closed: readonly Operation[];
  /** The history up to this time is probably impossible already. */
  readonly until: number;
  readonly model: Model<State>;
  readonly make: MakeModel;
}

/** Why a history of one key is not linearizable, as well as it can be told within the budget's deadline. */
export function explain<State>(
  impossible: Impossible<State>,
  header: Header | undefined,
  budget: Budget,
): Explanation {
  const { all, until, model, make } = impossible;
  // What failed did not happen: it cannot be what is impossible.
  const closed = impossible.closed.filter(({ status }) => status !== "fail");
  const whole = new Question(closed, model, budget);
  const by = impossibleBy(whole, until);
  const { question, part } = evidenceOf({ ...impossible, closed }, whole, by);
  const reason = findReason({ question, until: by, all, evidence: part.operations, make });
  const evidence = told(part, reason.operation);
  const drawn = new Set([...evidence, ...namedIn(reason), ...sourcesOf(reason, all, make)]);
  return {
    reason,
    sentence: tell(reason, make, header),
    drawing: drawTimeline(
      [...drawn].sort((one, other) => one.invoked - other.invoked),
      reason.operation,
      header,
    ),
    evidence,
    minimal: part.minimal,
    left_out: part.operations.length - evidence.length,
  };
}

/** Evidence that is as small as possible, and the question about it and the operations beside it. */
function evidenceOf<State>(
  { all, closed, model, make }: Impossible<State>,
  whole: Question<State>,
  until: number,
): { question: Question<State>; part: Part } {
  const last = closed.find(({ returned }) => returned === until);
  const question = whole.with({ operations: startOf(closed, until) });
  if (last !== undefined) {
    const seen = wronglySeen(all, last, model.init, make);
    if (seen?.kind === "never" || seen?.kind === "out of range")
      return { question, part: { operations: [last], minimal: true } };
  }
  const source = sourceOf(make);
  const searching_until = performance.now() + whole.time_left_ms * splitting_share;
  const few =
    last !== undefined && source?.takes === true && closed.length > searchable_at_once
      ? impossibleValues(whole.with({ deadline_ms: searching_until }), until, last, source)
      : undefined;
  const about = few === undefined ? question : whole.with({ operations: startOf(few, until) });
  const deadline_ms = performance.now() + about.time_left_ms * shrinking_share;
  return { question: about, part: smallestPart(about.with({ deadline_ms })) };
}

/** `until`, if the history is impossible by then, or a later time: the search may have used later answers. */
function impossibleBy<State>(whole: Question<State>, until: number): number {
  const last = whole.operations.reduce(
    (last, { returned }) => (returned < Infinity && returned > last ? returned : last),
    until,
  );
  if (last === until) return until;
  const operations = startOf(whole.operations, until);
  const needed = new Set(operations.filter(({ status }) => status === "ok"));
  return whole.with({ operations }).fits(needed) === false ? until : last;
}

/** All of the evidence if it is the smallest, else the operations that were called last. */
function told({ operations, minimal }: Part, operation: Operation): readonly Operation[] {
  if (minimal || operations.length <= most_told) return operations;
  const last = operations.slice(-most_told);
  return last.includes(operation) ? last : [operation, ...last.slice(1)];
}

function namedIn(reason: Reason): readonly Operation[] {
  switch (reason.kind) {
    case "wrong order":
      return reason.moves.flatMap(({ operation, other }) => [operation, other]);
    case "no such state":
      return reason.after === undefined ? [] : [reason.after];
    case "taken too often":
      return [...reason.put, ...reason.taken];
    case "never":
      return reason.later === undefined ? [] : [reason.later];
    default:
      return [];
  }
}

/**
 * The operations that brought in what this one saw, if they are few: without them the drawing would not show where
 * it came from.
 */
function sourcesOf(
  { operation }: Reason,
  all: readonly Operation[],
  make: MakeModel,
): readonly Operation[] {
  const source = sourceOf(make);
  if (source === undefined) return [];
  const seen = new Set(source.seen(operation).map(plainText));
  const brought = all.filter(
    (each) =>
      each.status !== "fail" &&
      each.invoked < operation.returned &&
      source.brought(each).some((value) => seen.has(plainText(value))),
  );
  return brought.length <= most_sources ? brought : [];
}
