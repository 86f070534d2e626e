import { expect, test } from "vitest";
import { MinHeap } from "./min-heap.ts";
import { seeded } from "./random-history.ts";

const seed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 2 ** 31));

test(`gives back the smallest of what it holds (seed ${seed})`, () => {
  const random = seeded(seed);
  for (let round = 0; round < 200; round++) {
    const heap = new MinHeap(20);
    const held: number[] = [];
    const given: number[] = [];
    const expected: number[] = [];
    for (let step = 0; step < 40; step++) {
      if (held.length < 20 && random() < 0.6) {
        const value = Math.floor(random() * 30);
        heap.push(value);
        held.push(value);
      } else if (held.length > 0) {
        held.sort((a, b) => a - b);
        given.push(heap.top, heap.pop());
        expected.push(held[0]!, held.shift()!);
      }
      expect(heap.size).toBe(held.length);
    }
    expect(given).toEqual(expected);
  }
});
