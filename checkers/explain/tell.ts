import type { Header, Operation } from "../../histories/event.ts";
import { escaped, shortened, show } from "../call.ts";
import type { MakeModel } from "../models/index.ts";
import { models } from "../models/index.ts";
import { named } from "../who.ts";
import type { Differs, Move, Never, Reason, TakenTooOften } from "./reason.ts";
import { sourceOf } from "./sources.ts";

/** The most operations that are named in one sentence. */
const most_named = 5;
/** How many characters are shown before and after the point where a text differs. */
const around = 24;

/** A reason as a sentence, without a full stop. */
export function tell(reason: Reason, make: MakeModel, header: Header | undefined): string {
  const name = (operation: Operation): string => named(operation, header);
  const { operation } = reason;
  switch (reason.kind) {
    case "never":
      return never(reason, make, name);
    case "taken too often":
      return takenTooOften(reason, make, name);
    case "out of range":
      return `${name(operation)} is impossible: whichever of the operations called before it returned had taken effect, it can only have been ${reason.low === reason.high ? reason.low : `from ${reason.low} to ${reason.high}`}`;
    case "no such state": {
      const { after, states } = reason;
      const since = after === undefined ? "" : ` after ${name(after)} had returned`;
      const only = states.map((state) => stateText(state, make)).join(" or ");
      return `${name(operation)} is impossible${since}: ${subject(make)} can only have been ${only}${difference(operation, states)}`;
    }
    case "differs":
      return differs(reason, name);
    case "wrong order":
      return wrongOrder(operation, reason.moves, name);
    case "exclusive":
      return exclusive(operation, reason.operations, name);
    default:
      return `what happened up to the return of ${name(operation)} is impossible; there was no time to find out why`;
  }
}

type Name = (operation: Operation) => string;

function never({ operation, value, at, later }: Never, make: MakeModel, name: Name): string {
  if (at !== undefined)
    return `${name(operation)} is impossible: nothing that was put or appended before it returned accounts for its character ${at + 1}, ${window(String(value), at)}`;
  const then = later === undefined ? "" : `; ${name(later)} was called only then`;
  return `${name(operation)} is impossible: nobody ${sourceOf(make)!.verb} ${show(value)} before it returned${then}`;
}

function takenTooOften(
  { operation, value, put, atStart: at_start, taken }: TakenTooOften,
  make: MakeModel,
  name: Name,
): string {
  const certain = put.every(({ status }) => status === "ok");
  const often = `${certain ? "only" : "at most"} ${times(put.length)}`;
  const start = at_start === 0 ? "" : `, and was there ${times(at_start)} at the start`;
  const others = taken.filter((each) => each !== operation);
  return `${name(operation)} is impossible: ${show(value)} was ${sourceOf(make)!.verb} ${often}${start}, and ${list(others, name)} took it out, too`;
}

function differs({ operation, closest, length }: Differs, name: Name): string {
  const seen = String(operation.output);
  if (length === seen.length)
    return `${name(operation)} is impossible: what can have been there and begins so goes on after its character ${length}, like ${window(closest, length)}`;
  return `${name(operation)} is impossible: it differs from all that can have been there by its character ${length + 1} at the latest, in ${window(seen, length)}; the closest has ${window(closest, length)}`;
}

function wrongOrder(operation: Operation, moves: readonly Move[], name: Name): string {
  const [only] = moves;
  if (moves.length === 1 && only !== undefined) {
    const past = pastOf(only, name);
    // "X must come before the culprit" and "the culprit must come after X" say the same.
    if (only.other === operation && only.not === "before")
      return `${name(operation)} cannot come after ${name(only.operation)}, which had returned before it was called`;
    return only.operation === operation
      ? `${name(only.operation)} cannot come ${only.not} ${past}`
      : `${name(operation)} is impossible: ${name(only.operation)} cannot come ${only.not} ${past}`;
  }
  const all = moves.map(
    (move) =>
      `${name(move.operation)} came ${move.not === "after" ? "before" : "after"} ${pastOf(move, name)}`,
  );
  return `${name(operation)} is impossible: it would take all of these at once, that ${all.join("; that ")}`;
}

function pastOf({ not, other }: Move, name: Name): string {
  return not === "after"
    ? `${name(other)}, which had returned before it was called`
    : `${name(other)}, which was called only after it had returned`;
}

function exclusive(operation: Operation, all: readonly Operation[], name: Name): string {
  const rest = all.filter((each) => each !== operation);
  if (rest.length === 0)
    return `${name(operation)} is impossible: nothing that was called before it returned, in whatever order, leads to a state that allows it`;
  const both = rest.length === 1 ? "both" : "all";
  return `${name(operation)} is impossible together with ${list(rest, name)}: by its return, they cannot ${both} have happened, in whatever order`;
}

/** "a, b and c", "a, b, c, d, e and 7 more" */
function list(operations: readonly Operation[], name: Name): string {
  const named = operations.slice(0, most_named).map(name);
  const more = operations.length - named.length;
  if (more > 0) return `${named.join(", ")} and ${more} more`;
  const last = named.pop()!;
  return named.length === 0 ? last : `${named.join(", ")} and ${last}`;
}

/** What the model's state is called. */
function subject(make: MakeModel): string {
  if (make === models["mutex"]) return "the mutex";
  return make === models["semaphore"] ? "the number of permits that are held" : "the state";
}

function stateText(state: unknown, make: MakeModel): string {
  if (make === models["mutex"]) return state === true ? "held" : "free";
  // A set's elements are texts of values.
  return state instanceof Set && (make === models["set"] || make === models["set-with-answers"])
    ? shortened(escaped(`{${[...state].join()}}`))
    : show(state);
}

/** Where a text that was seen differs from the only one that can have been there; empty when that is easy to see. */
function difference({ output }: Operation, states: readonly unknown[]): string {
  const [state] = states;
  if (typeof output !== "string" || typeof state !== "string" || states.length !== 1) return "";
  if (show(output).length < 30 && show(state).length < 30) return "";
  let length = 0;
  while (length < output.length && output[length] === state[length]) length++;
  if (length === output.length)
    return `, which goes on after character ${length}: ${window(state, length)}`;
  if (length === state.length)
    return `, which ends after character ${length}: ${window(output, length)} goes on`;
  return `, which differs from character ${length + 1} on: ${window(state, length)} where the answer has ${window(output, length)}`;
}

/** A text around a point. */
function window(text: string, at: number): string {
  const from = Math.max(0, at - around);
  const to = Math.min(text.length, at + around);
  const inside = escaped(JSON.stringify(text.slice(from, to)).slice(1, -1));
  return `"${from > 0 ? "…" : ""}${inside}${to < text.length ? "…" : ""}"`;
}

function times(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}
