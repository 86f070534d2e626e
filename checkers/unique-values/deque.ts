import type { Finding } from "./finding.ts";
import type { Lifetime, Lifetimes, Part, Span } from "./lifetimes.ts";
import { coverage, covering } from "./moments.ts";
import { passages, type Way } from "./passages.ts";
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
 * only uses the first moments of the spans, which all are allowed. With both, see passages.ts. So crashed removes are left
 * to the search when values are left, unless it is wrong without those values.
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

/** By moment: at how many moments before it nothing has to be in the container. */
function freeUntil(covered: Int32Array): Int32Array {
  const free = new Int32Array(covered.length + 1);
  for (const [moment, count] of covered.entries())
    free[moment + 1] = free[moment]! + (count === 0 ? 1 : 0);
  return free;
}

/**
 * The values between each two moments at which nothing has to be there, but for those that can come and go then. Their
 * moments are counted from the first of the two on, and end with the other one.
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
