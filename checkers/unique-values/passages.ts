import type { Lives } from "./lives.ts";
import { coverage } from "./moments.ts";
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
  readonly lives: Lives;
  /** The moments at which it can come in. */
  readonly entrance: Open;
}

/** Whether the values that go through a deque can do so, within one group (see deque.ts). */
export function passages(
  { first, last, forth, back }: Readonly<Record<Way, Lives>>,
  end: number,
): "possible" | "impossible" | "unsure" {
  const at_first = coverage(first, end);
  const at_last = coverage(last, end);
  let going = narrowed(forth, at_first, at_last, coverage(back, end));
  if (going === undefined) return "impossible";
  let coming = narrowed(back, at_last, at_first, coverage(going.lives, end));
  for (let round = 0; ; round++) {
    if (going === undefined || coming === undefined) return "impossible";
    if (overtaken(going.lives, end) !== undefined || overtaken(coming.lives, end) !== undefined)
      return "impossible";
    if (forth.count === 0 || back.count === 0) return "possible";
    if (meet(going.lives, coming.lives, end)) return "impossible";
    const narrower = narrowed(going.lives, at_first, at_last, coverage(coming.lives, end));
    if (narrower === undefined) return "impossible";
    if (sameSpans(narrower.lives, going.lives)) break;
    if (round === most_rounds) return "unsure";
    going = narrower;
    coming = narrowed(coming.lives, at_last, at_first, coverage(going.lives, end));
  }
  const busy = [at_first, at_last, coverage(going.lives, end), coverage(coming.lives, end)];
  const free = (from: number, until: number): boolean => {
    for (let at = from; at <= until; at++)
      if (busy.every((covered) => covered[at] === 0)) return true;
    return false;
  };
  return settled(going, free, end) && settled(coming, free, end) ? "possible" : "unsure";
}

/** @returns undefined when a value cannot come in, or cannot go out */
function narrowed(
  lives: Lives,
  at_entrance: Int32Array,
  at_exit: Int32Array,
  opposite: Int32Array,
): Passage | undefined {
  const entrance = new Open(at_entrance, opposite);
  const exit = new Open(at_exit, opposite);
  const result = {
    ...lives,
    add_from: lives.add_from.map((moment) => entrance.from(moment)),
    add_until: lives.add_until.slice(),
    remove_from: lives.remove_from.slice(),
    remove_until: lives.remove_until.map((moment) => exit.until(moment)),
  };
  const { add_from, add_until, remove_from, remove_until } = result;
  for (let value = 0; value < lives.count; value++) {
    add_until[value] = entrance.until(Math.min(add_until[value]!, remove_until[value]!));
    remove_from[value] = exit.from(Math.max(remove_from[value]!, add_from[value]!));
    if (add_from[value]! > add_until[value]! || remove_from[value]! > remove_until[value]!)
      return undefined;
  }
  return { lives: result, entrance };
}

function sameSpans(some: Lives, others: Lives): boolean {
  return (["add_from", "add_until", "remove_from", "remove_until"] as const).every((column) =>
    some[column].every((moment, value) => moment === others[column][value]),
  );
}

/** Whether values of both kinds must be there between some moment and the next one. */
function meet(some: Lives, others: Lives, end: number): boolean {
  const [one, other] = [between(some, end), between(others, end)];
  return one.some((count, moment) => count > 0 && other[moment]! > 0);
}

/** By moment: how many values must be there just after it, before the next one. */
function between(lives: Lives, end: number): Int32Array {
  return coverage({ ...lives, add_until: lives.add_until.map((moment) => moment - 1) }, end);
}

/**
 * Whether each value that need not stay through any moment has its place: at a moment when nothing is there; or among the
 * values of its own direction, without a choice between two times.
 */
function settled(
  { lives, entrance }: Passage,
  free: (from: number, until: number) => boolean,
  end: number,
): boolean {
  const own = new Open(coverage(lives, end));
  const { add_from, add_until, remove_from } = lives;
  return add_from.every((called, value) => {
    const [in_by, out_from] = [add_until[value]!, remove_from[value]!];
    if (out_from > in_by || free(out_from, in_by)) return true;
    const begin = own.until(out_from);
    if (begin === out_from || own.from(out_from) <= in_by) return false;
    return entrance.from(Math.max(called, begin)) <= out_from;
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

  /** The first such moment from one on; behind all moments when there is none. */
  from(moment: number): number {
    return this.#next[moment] ?? this.#next.length;
  }

  /** The last such moment until one; -1 when there is none. */
  until(moment: number): number {
    return this.#previous[moment] ?? -1;
  }
}
