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
  /** The evidence, and what the reason names beside it, drawn. */
  readonly drawing: string;
  /** A part of the history that is not linearizable, whichever of the other operations happened. */
  readonly evidence: readonly Operation[];
  /** Whether it is the smallest: no operation of it can be left out. */
  readonly minimal: boolean;
  /** Operations of evidence that is not the smallest, and too long to be told. */
  readonly left_out: number;
}

/** The share of the time that goes into making the evidence small. */
const shrinking_share = 0.6;
/** The share of the time that goes into looking for values of a container that are impossible by themselves. */
const splitting_share = 0.3;
/** With so few operations, that is not worth while. */
const searchable_at_once = 30;
/** So many operations of evidence are told. */
const most_told = 100;
/** So many operations that brought in the value that was seen are drawn beside the evidence. */
const most_sources = 3;

export interface Impossible<State> {
  /** Of one key. */
  readonly all: readonly Operation[];
  /** Those of them that are impossible by themselves, and that no others can help; all when nobody knows. */
  readonly closed: readonly Operation[];
  /** What happened up to this time should be impossible by itself, but may not be. */
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
  const { all, closed, until, model, make } = impossible;
  const whole = new Question(closed, model, budget);
  const by = impossibleBy(whole, until);
  const { question, part } = evidenceOf(impossible, whole, by);
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

/** Evidence that is as small as can be, and the question about it and what is beside it. */
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

/** A time by which the history is impossible, or a later one: the search may have gone by later answers. */
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

/** All of the smallest evidence; of other evidence what was called last. */
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

/** Who brought in what the operation saw, if they are few: the drawing would not say where it came from. */
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
