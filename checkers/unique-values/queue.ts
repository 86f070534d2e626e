import type { Lifetime, Lifetimes } from "./lifetimes.ts";
import { coverage, covering } from "./moments.ts";
import type { Part } from "./part.ts";

export function queueFault(lifetimes: Lifetimes): readonly Part[] | undefined {
  return overtaken(lifetimes) ?? notTaken(lifetimes) ?? neverEmpty(lifetimes);
}

/** Two values, of which the one went in before the other, and came out after it. */
function overtaken({ values, end }: Lifetimes): readonly Part[] | undefined {
  const latest: (Lifetime | undefined)[] = Array(end + 1).fill(undefined);
  for (const life of values)
    if (life.removed && later(life, latest[life.add.until])) latest[life.add.until] = life;
  let before: Lifetime | undefined;
  let moment = 0;
  for (const life of values) {
    for (; moment < life.add.from; moment++)
      if (later(latest[moment], before)) before = latest[moment];
    if (before !== undefined && life.remove.until < before.remove.from) return [before, life];
  }
  return undefined;
}

function later(one: Lifetime | undefined, other: Lifetime | undefined): boolean {
  return one !== undefined && (other === undefined || one.remove.from > other.remove.from);
}

/** A value that came out though more values are ahead of it than crashed operations can have taken. */
function notTaken({ values, crashed, end }: Lifetimes): readonly Part[] | undefined {
  const left = leftBehind(values);
  if (left.length === 0) return undefined;
  const last_in: (Lifetime | undefined)[] = Array(end + 1).fill(undefined);
  for (const life of values) if (life.removed) last_in[life.remove.until] = life;
  let out: Lifetime | undefined;
  let takers = 0;
  let ahead = 0;
  for (let moment = 0; moment < end; moment++) {
    while (takers < crashed.length && crashed[takers]!.from <= moment) takers++;
    const next = last_in[moment];
    if (next !== undefined && (out === undefined || next.add.from > out.add.from)) out = next;
    if (out === undefined) continue;
    while (ahead < left.length && left[ahead]!.add.until < out.add.from) ahead++;
    if (ahead > takers) return [...left.slice(0, takers + 1), out, ...crashed.slice(0, takers)];
  }
  return undefined;
}

/** An operation that found nothing, while there always was something. */
function neverEmpty({ values, empties, crashed, end }: Lifetimes): readonly Part[] | undefined {
  if (empties.length === 0) return undefined;
  const removed = values.filter(({ removed }) => removed);
  const left = leftBehind(values);
  const covered = coverage(removed, end);
  const can_be_empty = new Int32Array(end + 1);
  let takers = 0;
  let behind = 0;
  for (let moment = 0; moment < end; moment++) {
    while (takers < crashed.length && crashed[takers]!.from <= moment) takers++;
    while (behind < left.length && left[behind]!.add.until < moment) behind++;
    const possible = covered[moment] === 0 && behind <= takers;
    can_be_empty[moment + 1] = can_be_empty[moment]! + (possible ? 1 : 0);
  }
  for (const empty of empties) {
    if (can_be_empty[empty.until + 1]! > can_be_empty[empty.from]!) continue;
    const usable = crashed.filter(({ from }) => from <= empty.until);
    const staying = left.slice(0, usable.length + 1).filter(({ add }) => add.until < empty.until);
    return [empty, ...covering(removed, empty.from, empty.until), ...staying, ...usable];
  }
  return undefined;
}

/** The values that no acknowledged operation took out, first added first. */
function leftBehind(values: readonly Lifetime[]): Lifetime[] {
  return values
    .filter(({ removed }) => !removed)
    .sort((one, other) => one.add.until - other.add.until);
}
