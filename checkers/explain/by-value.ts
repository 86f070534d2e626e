import type { Operation } from "../../histories/event.ts";
import { plainText } from "../plain-text.ts";
import { Question, startOf } from "./question.ts";
import type { Source } from "./sources.ts";

/** How many values are tried together with the value of the blocked operation. */
const most_values = 60;

/**
 * A container treats some of its values as if there were no others: so if the operations of one or two values are
 * impossible by themselves, they are impossible whatever happened to the other values. Most contradictions are
 * between two values, and a search among so few operations takes no time. Crashed operations that may have taken
 * one of the values out belong to them.
 * @returns undefined when no such part was found
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
      // No value: it found nothing, or it crashed and may have taken anything.
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
