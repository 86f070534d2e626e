import type { Finding } from "./finding.ts";
import type { Lifetime, Lifetimes, Part, Span } from "./lifetimes.ts";
import { coverage, covering } from "./moments.ts";
import { overtaken } from "./queue.ts";
import { stackFault } from "./stack.ts";

/**
 * # Two ends
 *
 * Values come in at one end, and go out at the same or at the other one: four ways. Those that never go count as if
 * they left where they came in, after the end: nobody waits for that, and they bar the same ways as those do.
 * The history falls apart at its free moments (see lifetimes.ts): each value that can come and go in the middle of one
 * is left out, and each other one lies between two of them. So there is an order exactly when each group between two
 * free moments has one, by itself.
 *
 * In a group, lengthwise, there always are: those that came in first and go out first, a pile; those that go through;
 * those of the last end, a pile. For if a value that goes through from the first to the last end came in while
 * the first pile is not empty, each of the two would wait for the other one to go; the same at its exit; and the same for two
 * values that go through in opposite directions. So in the end these are all the conditions:
 * - each pile is a stack (stack.ts), and does not care for the others;
 * - what goes through comes in while the pile there is empty, goes out while the other one is empty, and is a queue;
 * - opposite directions never meet.
 *
 * With one direction only this is decided exactly: both piles can be empty at all moments that are free of them. So what
 * goes through has its spans narrowed to begin and end at such moments, and the proof of queue.ts goes through: it
 * only uses the first moments of the spans, which all are allowed. A group with both directions is left to the search if
 * nothing is wrong with each of them. So are crashed removes when values are left, unless it is wrong without those values.
 *
 * O(n log n).
 */

/** Ways through a deque: in and out at the first end, at the last end, or in at the one and out at the other. */
type Way = "first" | "last" | "forth" | "back";

export function dequeFault(lifetimes: Lifetimes): Finding {
  const { values, empties, crashed, end } = lifetimes;
  const removed = values.filter((life) => life.removed);
  if (crashed.length > 0 && removed.length < values.length) {
    const all = [...values, ...empties, ...crashed];
    const without = dequeFault({ ...lifetimes, values: removed, crashed: [] });
    if (without === undefined || !("unsure" in without)) return without ?? { unsure: [all] };
    return { unsure: [all] };
  }
  const free = freeUntil(coverage(values, end), end);
  for (const empty of empties)
    if (free[empty.until + 1] === free[empty.from])
      return [empty, ...covering(values, empty.from, empty.until)];
  const unsure: (readonly Part[])[] = [];
  for (const group of groups(values, free)) {
    const fault = faultOfGroup(group, lifetimes);
    if (fault === "unsure") unsure.push(group);
    else if (fault !== undefined) return fault;
  }
  return unsure.length === 0 ? undefined : { unsure };
}

/** By moment: at how many moments before it nothing has to be in the container. */
function freeUntil(covered: Int32Array, end: number): Int32Array {
  const free = new Int32Array(end + 2);
  for (let moment = 0; moment <= end; moment++)
    free[moment + 1] = free[moment]! + (covered[moment] === 0 ? 1 : 0);
  return free;
}

/** The values between each two moments at which nothing has to be there, but for those that can come and go then. */
function groups(values: readonly Lifetime[], free: Int32Array): Iterable<Lifetime[]> {
  const between = new Map<number, Lifetime[]>();
  for (const life of values) {
    const { add, remove } = life;
    if (remove.from <= add.until && free[add.until + 1]! > free[remove.from]!) continue;
    const place = free[add.until + 1]!;
    const group = between.get(place);
    if (group === undefined) between.set(place, [life]);
    else group.push(life);
  }
  return between.values();
}

function faultOfGroup(
  group: readonly Lifetime[],
  lifetimes: Lifetimes,
): readonly Part[] | undefined | "unsure" {
  const ways: Record<Way, Lifetime[]> = { first: [], last: [], forth: [], back: [] };
  for (const life of group) ways[wayOf(life)].push(life);
  const { first, last, forth, back } = ways;
  for (const pile of [first, last]) {
    const fault = stackFault({ ...lifetimes, values: pile, empties: [] });
    if (fault !== undefined) return fault;
  }
  const fault = through(forth, first, last, lifetimes) ?? through(back, last, first, lifetimes);
  if (fault !== undefined) return fault;
  return forth.length > 0 && back.length > 0 ? "unsure" : undefined;
}

function wayOf({ add, remove }: Lifetime): Way {
  const [from = "add-last", to] = [add.operations[0]?.f, remove.operations[0]?.f];
  if (from === "add-first") return to === "remove-last" ? "forth" : "first";
  return to === "remove-first" ? "back" : "last";
}

/**
 * Values that go through the deque.
 * @param entrance those that lie about where they come in, at times
 * @param exit the same for where they go out
 */
function through(
  values: readonly Lifetime[],
  entrance: readonly Lifetime[],
  exit: readonly Lifetime[],
  lifetimes: Lifetimes,
): readonly Part[] | undefined {
  if (values.length === 0) return undefined;
  const [entering, leaving] = [entrance, exit].map(
    (pile) => new Open(coverage(pile, lifetimes.end)),
  ) as [Open, Open];
  const narrowed: Lifetime[] = [];
  for (const life of values) {
    const going_out = leaving.within(life.remove);
    const add = entering.within({ ...life.add, until: Math.min(life.add.until, going_out.until) });
    const remove = leaving.within({ ...going_out, from: Math.max(going_out.from, add.from) });
    if (add.from > add.until || remove.from > remove.until) return [life, ...entrance, ...exit];
    narrowed.push({ ...life, add, remove });
  }
  const pair = overtaken({
    ...lifetimes,
    values: narrowed.sort((a, b) => a.add.from - b.add.from),
  });
  return pair === undefined ? undefined : [...pair, ...entrance, ...exit];
}

/** The moments at which one end can be free. */
class Open {
  readonly #next: Int32Array;
  readonly #previous: Int32Array;

  constructor(covered: Int32Array) {
    const count = covered.length;
    this.#next = new Int32Array(count).fill(count);
    this.#previous = new Int32Array(count).fill(-1);
    for (let moment = 0; moment < count; moment++)
      this.#previous[moment] = covered[moment] === 0 ? moment : (this.#previous[moment - 1] ?? -1);
    for (let moment = count - 1; moment >= 0; moment--)
      this.#next[moment] = covered[moment] === 0 ? moment : (this.#next[moment + 1] ?? count);
  }

  /** A span cut down to where the end can be free at its bounds. */
  within(span: Span): Span {
    const from = this.#next[span.from] ?? Number.POSITIVE_INFINITY;
    return { ...span, from, until: this.#previous[span.until] ?? -1 };
  }
}
