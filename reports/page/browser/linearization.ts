/**
 * The linearization of a valid history: every operation took effect at one point between its call and its answer, and
 * these points, one after the other, are an order that one thing alone could have done them in.
 */
import type { Bar } from "./bars.ts";
import { svg } from "./dom.ts";

interface Point {
  readonly lane: number;
  readonly at_ms: number;
}

/** @param order the operations, by their numbers; each point is in the middle of where this order lets it be */
export function pointsOf(bars: readonly Bar[], order: readonly number[]): Point[] {
  const ordered = order.map((number) => bars[number]!);
  let earliest_ms = 0;
  const from = ordered.map(({ from_ms }) => (earliest_ms = Math.max(earliest_ms, from_ms)));
  let latest_ms = Infinity;
  const to = ordered
    .toReversed()
    .map(({ to_ms }) => (latest_ms = Math.min(latest_ms, to_ms)))
    .reverse();
  return ordered.map(({ lane }, i) => ({ lane, at_ms: (from[i]! + to[i]!) / 2 }));
}

/** A line from point to point. */
export function lineThrough(
  points: readonly Point[],
  x: (ms: number) => number,
  y: (lane: number) => number,
): SVGElement[] {
  const at = ({ lane, at_ms }: Point): string => `${x(at_ms).toFixed(2)} ${y(lane)}`;
  const line = points.map((point, i) => `${i === 0 ? "M" : "L"}${at(point)}`).join("");
  // The picture is stretched: a dot of no length is round all the same, as its stroke is not.
  const dots = points.map((point) => `M${at(point)}h0`).join("");
  return [svg("path", { class: "order", d: line }), svg("path", { class: "order dots", d: dots })];
}
