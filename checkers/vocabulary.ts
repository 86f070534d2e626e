import type { Header, History, Operation } from "../histories/event.ts";
import { call, plain, show } from "./call.ts";
import type { Model } from "./model.ts";
import type { Needs, Vocabulary } from "./shapes.ts";
import { who } from "./who.ts";

/**
 * Why a history cannot be judged; asked before it is. A verdict on a history with operations that nobody looked
 * at, or with answers that nobody can compare, would say more than was seen.
 * @param known undefined: any operation, but acknowledged ones must have an answer
 * @returns one sentence that names the operation and its line; undefined when all is well
 */
export function strange(
  name: string,
  known: Vocabulary | undefined,
  { header, operations }: History,
): string | undefined {
  const needs = new Map<string, Needs>(Object.entries(known ?? {}));
  for (const operation of operations) {
    const required = needs.get(operation.f);
    const wrong =
      known !== undefined && required === undefined
        ? unknownName(name, operation.f, known)
        : wrongValue(operation, required ?? {}, known === undefined);
    if (wrong !== undefined) return `${place(operation, header)}: ${wrong}.`;
  }
  return undefined;
}

/**
 * The same for a model. A model that does not declare what it knows is asked to do the first operation of each
 * name, because the search itself may never ask for it.
 */
export function strangeTo<State>(
  name: string,
  model: Model<State>,
  history: History,
): string | undefined {
  const found = strange(name, model.knows, history);
  if (found !== undefined || model.knows !== undefined) return found;
  const asked = new Set<string>();
  for (const operation of history.operations) {
    if (asked.has(operation.f)) continue;
    asked.add(operation.f);
    const wrong = unsteppable(model, operation);
    if (wrong !== undefined) return `${place(operation, history.header)}: ${wrong}.`;
  }
  return undefined;
}

function unknownName(name: string, f: string, known: Vocabulary): string {
  return `${name} has no operation "${plain(f)}"; it knows ${Object.keys(known).join(", ")}`;
}

function wrongValue(
  { f, input, output, status }: Operation,
  required: Needs,
  must_answer: boolean,
): string | undefined {
  if (status === "fail") return undefined;
  if (required.input?.fits(input) === false)
    return `${f} needs ${required.input.is} for its input, not ${shown(input)}`;
  if (status !== "ok") return undefined;
  if (required.output?.fits(output) === false)
    return `${f} must be answered with ${required.output.is}, not ${shown(output)}`;
  return must_answer && output === undefined ? `the ok of ${f} has no output` : undefined;
}

function unsteppable<State>(model: Model<State>, operation: Operation): string | undefined {
  const { f, input, output, status } = operation;
  const asked = { f, input, output: status === "ok" ? output : undefined };
  try {
    const next = model.step(model.init, asked);
    // With `reaches`, the search relies on the model refusing nothing but observations.
    if (next !== undefined || model.reaches === undefined || model.observes?.(asked) === true)
      return undefined;
    return `the model ${model.name} refuses ${call(operation)}, though with "reaches" it may only refuse what observes`;
  } catch (error) {
    return `the model ${model.name} cannot judge ${call(operation)}: ${String(error)
      .replace(/^Error: /, "")
      .split("\n")[0]!}`;
  }
}

const shown = (value: unknown): string => (value === undefined ? "nothing" : show(value));

function place(operation: Operation, header: Header | undefined): string {
  const { invoked_line, returned_line, status } = operation;
  const line = status === "ok" ? (returned_line ?? invoked_line) : invoked_line;
  return line === undefined ? who(operation, header) : `line ${line}`;
}
