import type { Backend, Isolation } from "../backends/backend.ts";
import { shownStatement } from "../histories/shortened.ts";
import type { FoundFailure } from "../schedules/exploration.ts";
import { notesIn } from "../schedules/notes.ts";
import { OperationFailed } from "../schedules/program.ts";
import { compareRuns } from "../schedules/renaming.ts";
import { contextSwitches } from "../schedules/schedule.ts";
import { tokenFor } from "../schedules/token.ts";
import type { Trace } from "../schedules/trace.ts";
import { blameText } from "./blame-text.ts";
import { errorText } from "./error-text.ts";
import { drawInterleaving } from "./interleaving.ts";
import type { Names } from "./names.ts";
import { noteInWords } from "./notes.ts";
import { explain } from "./sentence.ts";
import { visible } from "./visible.ts";

/** What was explored, and where. */
export interface Subject {
  readonly name: string;
  readonly backend: Pick<Backend<unknown>, "name" | "server">;
  readonly isolation: Isolation | undefined;
  /** The command that replays a token. */
  readonly replayCommand: (token: string) => string;
  /** Default: as in code. */
  readonly names?: Names;
}

/** The seed of a random search; none if all interleavings were run. */
interface Seeded {
  readonly seed?: number | undefined;
}

/** The token of a failure's smallest schedule. */
export function tokenOf({ name, backend, isolation }: Subject, failure: FoundFailure): string {
  const where = { program: name, backend: backend.name, server: backend.server };
  return tokenFor({ ...where, isolation: isolation ?? null }, failure);
}

/**
 * Everything about a failure that a person needs: what, how, how to see it again.
 * @param counts how it was found, in a sentence
 * @param width of drawings and code, in characters; default 80
 */
export function failureText(
  subject: Subject,
  failure: FoundFailure,
  counts: string,
  width?: number,
): string {
  const { smallest, other, message } = failure;
  const sentence = explain(smallest, failure);
  const blame = blameText(smallest, width);
  const parts = [
    `${subject.name}: ${failure.kind} on ${placeOf(subject)}`,
    ...(failure.error instanceof OperationFailed ? [clientFailedText(failure.error)] : []),
    sentence,
    drawInterleaving(smallest, width),
    ...(blame === undefined ? [] : [blame]),
    ...(message === "" || sentence.startsWith(visible(message)) ? [] : [message]),
    counts,
    ...remarks(failure),
    ...notesIn(smallest, subject.backend.name).map(noteInWords),
    ...(other ? [nondeterministicText(smallest, other)] : []),
    `Replay it with\n  ${subject.replayCommand(tokenOf(subject, failure))}`,
  ];
  return visible(parts.join("\n\n"));
}

/** For a program that fails by itself: its error first, then where it was. */
export function programFailedText(
  { name }: Subject,
  failure: Pick<FoundFailure, "smallest" | "error" | "message">,
): string {
  const { smallest, error, message } = failure;
  const parts = [
    `${name}: this is not a race: ${message}, also when the clients go one after the other`,
    ...(error instanceof OperationFailed ? [clientFailedText(error)] : []),
    ...(smallest.steps.length === 0 ? [] : [drawInterleaving(smallest)]),
    "If this error is not a failure, say so with `expectedError` or `didNotHappen`.",
  ];
  return visible(parts.join("\n\n"));
}

/** What a client threw, with its stack; or what its process printed. */
export function clientFailedText({ client, cause }: OperationFailed): string {
  const { told } = Object(cause) as { told?: unknown };
  const how = typeof told === "string" ? `: ${told}` : ` threw ${errorText(cause)}`;
  return visible(`client ${client}${how}`);
}

/** Where it was explored: the server, and the isolation level if one was asked for. */
export function placeOf({ backend, isolation }: Subject): string {
  return isolation === undefined ? backend.server : `${backend.server}, ${isolation}`;
}

/** `2 clients, 1 operation each`. */
export function sizeOf(operations: readonly number[]): string {
  const clients = operations.length === 1 ? "1 client" : `${operations.length} clients`;
  const [first] = operations;
  if (operations.some((count) => count !== first))
    return `${clients}, ${operations.join(" and ")} operations`;
  return `${clients}, ${first === 1 ? "1 operation" : `${first} operations`} each`;
}

/** A remark if the same schedule fails only sometimes. */
function remarks({ again }: FoundFailure): string[] {
  const { runs, failed } = again;
  return failed === runs ? [] : [`Run again ${runs} times, this schedule failed ${failed} times.`];
}

/** How a failure was found and made smaller. */
export function countsText(exploration: Seeded, failure: FoundFailure): string {
  const { found, smallest, foundAfter, shrunkIn } = failure;
  const nth = foundAfter === 1 ? "the first schedule" : `schedule ${foundAfter}`;
  const shrunk = `shrunk in ${shrunkIn} more from ${measure(found)} to ${measure(smallest)}`;
  return `Found in ${nth}${seedText(exploration)}; ${shrunk}.`;
}

function measure(trace: Trace): string {
  const switches = contextSwitches(trace.choices);
  const faults = trace.faults.length === 0 ? "" : `, ${trace.faults.length} fault`;
  return `${sizeOf(trace.operations)}, ${switches} context ${switches === 1 ? "switch" : "switches"}${faults}`;
}

export function seedText({ seed }: Seeded): string {
  return seed === undefined ? "" : ` (seed ${seed})`;
}

function nondeterministicText(trace: Trace, other: Trace): string {
  const comparison = compareRuns(trace, other);
  const first = comparison.same
    ? "what it left in the database"
    : `first difference: \`${shownStatement(comparison.one)}\` and \`${shownStatement(comparison.two)}\``;
  return `Nondeterministic: run again, the same schedule went another way (${first}):\n\n${drawInterleaving(other)}`;
}
