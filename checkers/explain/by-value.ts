import type { Operation } from "../../histories/event.ts";
import { plainText } from "../plain-text.ts";
import { Question, startOf } from "./question.ts";
import type { Source } from "./sources.ts";

/** So many values are tried beside the one of the operation that is blocked. */
const most_values = 60;

/**
 * What a container does with some of its values is what it would do if there were no others: operations of one
 * or two values that are impossible by themselves are impossible whatever happened to the others. Most
 * contradictions are between two values, and to search in so few operations takes no time.
 * Crashed operations that may have taken one of them out belong to them.
 * @returns undefined when there is no such part, or none that was found
 */
export function impossibleValues<State>(
  question: Question<State>,
  until: number,
  blocked: Operation,
  source: Source,
): readonly Operation[] | undefined {
  const start = startOf(question.operations, until);
  const valuesOf = (operation: Operation): string[] =>
    [
      ...source.brought(operation),
      ...(operation.status === "ok" ? source.seen(operation) : []),
    ].map(plainText);
  const own = new Set(valuesOf(blocked));
  const distance = ({ invoked, returned }: Operation): number =>
    Math.max(0, blocked.invoked - returned, invoked - blocked.returned);
  const near = [...start]
    .sort((one, other) => distance(one) - distance(other))
    .flatMap(valuesOf)
    .filter((value) => !own.has(value));
  const others = [undefined, ...[...new Set(near)].slice(0, most_values)];
  for (const other of others) {
    const part = question.operations.filter((operation) => {
      const values = valuesOf(operation);
      // Without a value: it found nothing, or crashed and may have taken anything.
      return values.length === 0 || values.some((value) => own.has(value) || value === other);
    });
    if (part.length === question.operations.length) continue;
    if (question.time_left_ms <= 0) return undefined;
    const operations = startOf(part, until);
    const needed = new Set(operations.filter(({ status }) => status === "ok"));
    if (question.with({ operations }).fits(needed) === false) return part;
  }
  return undefined;
}
