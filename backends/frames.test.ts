import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Frames } from "./frames.ts";
import { cut, cuts } from "./untouched.test-support.ts";

const byFirst = (): Frames => new Frames(1, (head) => head[0]!);

test("frames are found however the stream is cut, and what is not whole waits", () => {
  const bodies = fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 10 });
  fc.assert(
    fc.property(bodies, cuts, (frames, at) => {
      const whole = frames.map((body) => Buffer.from([body.length + 1, ...body]));
      const stream = Buffer.concat([...whole, Buffer.from([9, 1, 2])]);
      const reader = byFirst();
      const found = cut(stream, at).flatMap((piece) => [...reader.take(piece).frames]);
      expect(found.map((frame) => frame.toString("hex"))).toEqual(
        whole.map((frame) => frame.toString("hex")),
      );
      expect(reader.clear()).toEqual(Buffer.from([9, 1, 2]));
    }),
  );
});

test("from a length that no frame has on, everything is passed on as it is", () => {
  const reader = byFirst();
  const { frames, garbled } = reader.take(Buffer.from([2, 7, 0, 5, 5]));
  expect(frames).toEqual([Buffer.from([2, 7])]);
  expect(garbled).toEqual(Buffer.from([0, 5, 5]));
  expect(reader.take(Buffer.from([2, 7]))).toEqual({ frames: [], garbled: Buffer.from([2, 7]) });
});
