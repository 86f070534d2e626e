import type { Finding } from "./finding.ts";
import type { Lifetime, Lifetimes, Part, Span } from "./lifetimes.ts";
import { coverage, covering } from "./moments.ts";
import { passages, type Way } from "./passages.ts";
import { stackFault } from "./stack.ts";

/**
 * # Two ends
 *
 * Values come in at one end, and go out at the same end or at the other: four ways. A value that never goes out counts
 * as if it left where it came in, after the end of the history: nothing waits for that, and until then it bars the
 * same ways as a value that does leave there.
 * The history falls apart at its free moments (see lifetimes.ts): each value that can come and go in the middle of one
 * is left out, and every other value lies between two of them. So there is an order exactly when each group between
 * two free moments has one, by itself.
 *
 * From the first end to the last, a group always consists of: a pile of values that came in and will go out at the first
 * end; values that go through; a pile at the last end. For if a value that goes through from the first to the last end came in
 * while the first pile was not empty, it and that pile would each wait for the other to go. The same holds at its exit,
 * and for two values that go through in opposite directions. So these are all the conditions:
 * - each pile is a stack (stack.ts), independent of the rest;
 * - values that go through come in while the pile there is empty, go out while the other one is empty, and form a queue;
 * - values that go through in opposite directions are never in the deque together.
 *
 * If there is only one direction, this is decided exactly: both piles can be empty at all moments that are free of them. So
 * the spans of values that go through are narrowed to begin and end at such moments, and the proof of queue.ts holds: it
 * only uses the first moments of the spans, which all are allowed. For both directions, see passages.ts. For crashed removes
 * and values that are left, the search decides, unless the history is impossible even without those values.
 *
 * O(n log n).
 */

export function dequeFault(lifetimes: Lifetimes): Finding {
  const { values, empties, crashed, end } = lifetimes;
  const removed = values.filter((life) => life.removed);
  if (crashed.length > 0 && removed.length < values.length) {
    const all = [...values, ...empties, ...crashed];
    const without = dequeFault({ ...lifetimes, values: removed, crashed: [] });
    if (without === undefined || !("unsure" in without)) return without ?? { unsure: [all] };
    return { unsure: [all] };
  }
  const covered = coverage(values, end);
  const free = freeUntil(covered);
  for (const empty of empties)
    if (free[empty.until + 1] === free[empty.from])
      return [empty, ...covering(values, empty.from, empty.until)];
  const unsure: (readonly Part[])[] = [];
  for (const group of groups(values, covered)) {
    const fault = faultOfGroup(group);
    if (fault === "unsure") unsure.push(group.values);
    else if (fault !== undefined) return fault;
  }
  return unsure.length === 0 ? undefined : { unsure };
}

/** By moment: the number of earlier moments at which nothing has to be in the container. */
function freeUntil(covered: Int32Array): Int32Array {
  const free = new Int32Array(covered.length + 1);
  for (const [moment, count] of covered.entries())
    free[moment + 1] = free[moment]! + (count === 0 ? 1 : 0);
  return free;
}

/**
 * The values between each two moments at which nothing has to be in the container, without those that can come and go
 * at such a moment. In each group, moments are counted from the first of the two and end with the second.
 */
function* groups(values: readonly Lifetime[], covered: Int32Array): Generator<Lifetimes> {
  const moments = Array.from(covered.keys()).filter((moment) => covered[moment] === 0);
  const free = freeUntil(covered);
  const between = new Map<number, Lifetime[]>();
  for (const life of values) {
    const place = free[life.add.until + 1]!;
    if (life.remove.from <= life.add.until && place > free[life.remove.from]!) continue;
    const group = between.get(place);
    if (group === undefined) between.set(place, [life]);
    else group.push(life);
  }
  for (const [place, group] of between) {
    const [from, until] = [moments[place - 1] ?? 0, moments[place]!];
    const cut = (moment: number): number => Math.min(Math.max(moment, from), until) - from;
    const inside = (span: Span): Span => ({
      ...span,
      from: cut(span.from),
      until: cut(span.until),
    });
    yield {
      values: group.map((life) => ({
        ...life,
        add: inside(life.add),
        remove: inside(life.remove),
      })),
      empties: [],
      crashed: [],
      end: until - from,
    };
  }
}

function faultOfGroup(group: Lifetimes): readonly Part[] | undefined | "unsure" {
  const ways: Record<Way, Lifetime[]> = { first: [], last: [], forth: [], back: [] };
  for (const life of group.values) ways[wayOf(life)].push(life);
  for (const pile of [ways.first, ways.last]) {
    const fault = stackFault({ ...group, values: pile });
    if (fault !== undefined) return fault;
  }
  const passing = passages(ways, group);
  if (passing === "impossible") return group.values;
  return passing === "unsure" ? "unsure" : undefined;
}

function wayOf({ add, remove }: Lifetime): Way {
  const [from = "add-last", to] = [add.operations[0]?.f, remove.operations[0]?.f];
  if (from === "add-first") return to === "remove-last" ? "forth" : "first";
  return to === "remove-first" ? "back" : "last";
}
