import type { Operation } from "../../histories/event.ts";
import type { Question } from "./question.ts";

/** Evidence: operations that cannot all be placed. */
export interface Part {
  /** In the order of their invokes. */
  readonly operations: readonly Operation[];
  /** Whether there is an order as soon as any one of them is not needed. */
  readonly minimal: boolean;
}

/** The share of the time that one attempt may use. */
const share_of_an_attempt = 1 / 10;

/**
 * The smallest part that makes a history impossible: first the last few operations, as many as it takes; then many
 * at once are removed as long as that works, in the end one at a time (Zeller's ddmin, 2002). An operation that was
 * needed once stays needed when others go (see Question), so one last round shows that none can go, unless
 * there was no time to decide that.
 */
export function smallestPart<State>(question: Question<State>): Part {
  const attempt_ms = question.time_left_ms * share_of_an_attempt;
  const impossible = (needed: ReadonlySet<Operation>): boolean | undefined => {
    if (question.time_left_ms <= 0) return undefined;
    const fits = question.with({ deadline_ms: performance.now() + attempt_ms }).fits(needed);
    return fits === undefined ? undefined : !fits;
  };
  const needed = lastFew(question.operations, impossible);
  let minimal = false;
  for (let size = Math.ceil(needed.size / 2); question.time_left_ms > 0; ) {
    let undecided = 0;
    let gone = 0;
    const kept = [...needed];
    for (let at = 0; at < kept.length; at += size) {
      const chunk = kept.slice(at, at + size);
      for (const operation of chunk) needed.delete(operation);
      const goes = impossible(needed);
      if (goes === true) gone++;
      else for (const operation of chunk) needed.add(operation);
      if (goes === undefined) undecided++;
    }
    minimal = size <= 1 && undecided === 0;
    if (needed.size === 0 || (size <= 1 && (minimal || gone === 0))) break;
    size = Math.ceil(Math.min(size, needed.size) / 2);
  }
  return { operations: question.operations.filter((each) => needed.has(each)), minimal };
}

/** The operations that returned last, twice as many with each attempt, until they are impossible; or all. */
function lastFew(
  operations: readonly Operation[],
  impossible: (needed: ReadonlySet<Operation>) => boolean | undefined,
): Set<Operation> {
  const returned = operations
    .filter(({ status }) => status === "ok")
    .sort((one, other) => other.returned - one.returned);
  for (let count = 1; count < returned.length; count *= 2) {
    const few = new Set(returned.slice(0, count));
    if (impossible(few) === true) return few;
  }
  return new Set(returned);
}
