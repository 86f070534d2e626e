import type { Lifetime, Lifetimes, Span } from "./lifetimes.ts";
import { coverage, staysThrough } from "./moments.ts";
import { overtaken } from "./queue.ts";

/**
 * # Through a deque in both directions
 *
 * A value that goes through comes in at a moment that is free of the pile there, goes out at one that is free of the other
 * pile, and is never in the deque together with a value of the opposite direction. So its spans are narrowed to begin and
 * end at moments that are free of the pile and of values of the opposite direction that must be there. Then more values
 * must be there at some moments, so spans are narrowed again, until nothing changes. All this is necessary: if a span
 * vanishes, if two values overtake each other, or if two values of opposite directions must meet, there is no order.
 *
 * It is sufficient when no value can choose between two times. Each direction is put into a row as in queue.ts, and each
 * value comes and goes at the first allowed moments that the row leaves it, not before the last moment that is free of its
 * own direction. So a value that must be there for a while is there within one stretch of its own direction, and stretches of
 * opposite directions have nothing in common, not even the time between two moments. A value that may come and go
 * at one moment does so in the middle of a moment at which nothing is there; or it lies within a stretch of its own
 * direction, and can come in there before it must be able to go. Where neither holds, spans with holes may mean that it
 * is there at one time or at another: then the search has to decide.
 */

/** Ways through a deque: in and out at the first end, at the last end, or in at the one and out at the other. */
export type Way = "first" | "last" | "forth" | "back";

/** The most rounds of narrowing: each time that one direction is narrowed, the other may have to be, too. */
const most_rounds = 20;

/** The values that go through a deque in one direction. */
interface Passage {
  readonly values: readonly Lifetime[];
  /** The moments at which it can come in, and go out. */
  readonly entrance: Open;
  readonly exit: Open;
}

/** Whether the values that go through a deque can do so, within one group (see deque.ts). */
export function passages(
  { first, last, forth, back }: Readonly<Record<Way, readonly Lifetime[]>>,
  { end }: Lifetimes,
): "possible" | "impossible" | "unsure" {
  if (forth.length + back.length === 0) return "possible";
  const at_first = coverage(first, end);
  const at_last = coverage(last, end);
  let going = narrowed(forth, at_first, at_last, coverage(back, end));
  let coming = narrowed(back, at_last, at_first, coverage(going?.values ?? [], end));
  for (let round = 0; ; round++) {
    if (going === undefined || coming === undefined) return "impossible";
    if (overtaken(going.values, end) !== undefined || overtaken(coming.values, end) !== undefined)
      return "impossible";
    if (forth.length === 0 || back.length === 0) return "possible";
    if (meet(going.values, coming.values, end)) return "impossible";
    const narrower = narrowed(going.values, at_first, at_last, coverage(coming.values, end));
    if (narrower === undefined) return "impossible";
    if (sameSpans(narrower.values, going.values)) break;
    if (round === most_rounds) return "unsure";
    going = narrower;
    coming = narrowed(coming.values, at_last, at_first, coverage(going.values, end));
  }
  const busy = coverage([...first, ...last, ...going.values, ...coming.values], end);
  const free = (from: number, until: number): boolean => {
    for (let moment = from; moment <= until; moment++) if (busy[moment] === 0) return true;
    return false;
  };
  return settled(going, free, end) && settled(coming, free, end) ? "possible" : "unsure";
}

/** @returns undefined when a value cannot come in, or cannot go out */
function narrowed(
  values: readonly Lifetime[],
  at_entrance: Int32Array,
  at_exit: Int32Array,
  opposite: Int32Array,
): Passage | undefined {
  const entrance = new Open(at_entrance, opposite);
  const exit = new Open(at_exit, opposite);
  const result: Lifetime[] = [];
  for (const life of values) {
    const going_out = exit.within(life.remove);
    const add = entrance.within({ ...life.add, until: Math.min(life.add.until, going_out.until) });
    const remove = exit.within({ ...going_out, from: Math.max(going_out.from, add.from) });
    if (add.from > add.until || remove.from > remove.until) return undefined;
    result.push({ ...life, add, remove });
  }
  result.sort((one, other) => one.add.from - other.add.from);
  return { values: result, entrance, exit };
}

function sameSpans(some: readonly Lifetime[], others: readonly Lifetime[]): boolean {
  const same = (one: Span, other: Span): boolean =>
    one.from === other.from && one.until === other.until;
  return some.every(
    ({ add, remove }, at) => same(add, others[at]!.add) && same(remove, others[at]!.remove),
  );
}

/** Whether values of both kinds must be there between some moment and the next one. */
function meet(some: readonly Lifetime[], others: readonly Lifetime[], end: number): boolean {
  const [one, other] = [between(some, end), between(others, end)];
  return one.some((count, moment) => count > 0 && other[moment]! > 0);
}

/** By moment: how many values must be there just after it, before the next one. */
function between(values: readonly Lifetime[], end: number): Int32Array {
  const later = values.map(({ remove, ...life }) => ({
    ...life,
    add: { ...life.add, until: life.add.until - 1 },
    remove,
  }));
  return coverage(later, end);
}

/**
 * Whether each value that need not stay through any moment has its place: at a moment when nothing is there; or among the
 * values of its own direction, without a choice between two times.
 */
function settled(
  { values, entrance }: Passage,
  free: (from: number, until: number) => boolean,
  end: number,
): boolean {
  const own = new Open(coverage(values, end));
  return values.every((life) => {
    const { add, remove } = life;
    if (staysThrough(life) || remove.from > add.until || free(remove.from, add.until)) return true;
    const begin = own.within({ ...add, from: 0, until: remove.from }).until;
    if (begin === remove.from || own.within({ ...add, from: remove.from }).from <= add.until)
      return false;
    const from = Math.max(add.from, begin);
    return entrance.within({ ...add, from }).from <= remove.from;
  });
}

/** Moments at which nothing is in the way. */
class Open {
  readonly #next: Int32Array;
  readonly #previous: Int32Array;

  constructor(covered: Int32Array, opposite?: Int32Array) {
    const count = covered.length;
    const open = (moment: number): boolean =>
      covered[moment] === 0 && (opposite === undefined || opposite[moment] === 0);
    this.#next = new Int32Array(count).fill(count);
    this.#previous = new Int32Array(count).fill(-1);
    for (let moment = 0; moment < count; moment++)
      this.#previous[moment] = open(moment) ? moment : (this.#previous[moment - 1] ?? -1);
    for (let moment = count - 1; moment >= 0; moment--)
      this.#next[moment] = open(moment) ? moment : (this.#next[moment + 1] ?? count);
  }

  /** A span cut down to begin and end at such moments; it ends before it begins when there is none. */
  within(span: Span): Span {
    const from = this.#next[span.from] ?? Number.POSITIVE_INFINITY;
    return { ...span, from, until: this.#previous[span.until] ?? -1 };
  }
}
