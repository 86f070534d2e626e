import { expect, test } from "vitest";
import { CrashedSets } from "./crashed-sets.ts";
import type { Cursor } from "./cursor.ts";
import { Places } from "./places.ts";

/** The part of a cursor that `Places` looks at: only these placed operations are open. */
const at = (state: number, ...placed: number[]): Cursor => atPosition(0, state, placed);

const atPosition = (position: number, state: number, placed: number[]): Cursor => {
  const none = new Int32Array(placed.length);
  const timeline = { position, observers: none, overwriters: none };
  const where = { state, crashed: 0, unseen: false, placed: Int32Array.from(placed), waived: none };
  // oxlint-disable-next-line no-unsafe-type-assertion -- see above
  return { ...where, timeline } as unknown as Cursor;
};

const mixed = (hash: number): number => hash ^ (hash >>> 15);

test("places with the same hash are told apart", () => {
  const state = 7;
  const start = mixed(Math.imul(state + 1, 0x85ebca6b));
  const [one, other] = [1, 2].map((word) => mixed(Math.imul(start ^ word, 0x27d4eb2f)));
  const places = new Places(2, new CrashedSets(1));
  expect(places.add(at(state, 1, 0), -1)).toBe(true);
  expect(places.add(at(state, 2, one! ^ other!), -1)).toBe(true);
  expect([places.alive(0), places.alive(1)]).toEqual([true, true]);
  expect(places.add(at(state, 1, 0), -1)).toBe(false);
  expect(places.count).toBe(2);
});

test("places at different positions are told apart", () => {
  const places = new Places(1, new CrashedSets(1));
  for (const position of [0, 1]) {
    expect(places.add(atPosition(position, 7, [1]), -1)).toBe(true);
    expect(places.add(atPosition(position, 7, [1]), -1)).toBe(false);
  }
});
