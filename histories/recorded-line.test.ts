import * as fc from "fast-check";
import { expect, test } from "vitest";
import { jsonEvent } from "./json-event.ts";
import { parseJsonLine } from "./json-line.ts";
import { recordedLine } from "./recorded-line.ts";

const value = fc.oneof(
  fc.constant(null),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double(),
  fc.constant(-0),
  fc.string(),
  fc.array(fc.integer()),
);
const text = fc.oneof(fc.string(), fc.string({ unit: "binary" }), fc.constant("add"));
const natural = fc.oneof(fc.nat(), fc.nat(), fc.nat(), fc.maxSafeNat());
const event = fc.oneof(
  fc.record({
    ...{
      index: natural,
      time_ns: natural,
      process: fc.oneof(natural, text),
      type: fc.constant("ok"),
    },
    output: value,
  }),
  fc.record({
    ...{ index: natural, time_ns: natural, process: natural, type: fc.constant("invoke") },
    ...{ f: text, key: text, input: value },
  }),
  fc.record({ index: natural, time_ns: natural, type: fc.constant("info"), error: text }),
);
const seed = Date.now() % 1e6;

test(`a line is read as JSON would be, or not at all (seed ${seed})`, () => {
  let read = 0;
  fc.assert(
    fc.property(event, (event) => {
      const line = JSON.stringify(event);
      const found = recordedLine(line);
      if (found === undefined) return;
      read++;
      expect(found).toEqual(jsonEvent(parseJsonLine(line), 0, false));
    }),
    { seed, numRuns: 5_000 },
  );
  expect(read).toBeGreaterThan(500);
});

test.for([
  [
    "a number that JSON does not have",
    '{"index":01,"time_ns":2,"process":3,"type":"ok","output":4}',
  ],
  [
    "one that is not exact",
    '{"index":1,"time_ns":2,"process":3,"type":"ok","output":9007199254740993}',
  ],
  [
    "a character that JSON escapes",
    '{"index":1,"time_ns":2,"process":3,"type":"invoke","f":"a\tb","key":"k","input":4}',
  ],
  ["other words", '{"index":1,"time":2,"process":3,"type":"ok","f":"add","value":4}'],
  ["something more", '{"index":1,"time_ns":2,"process":3,"type":"ok","output":4,"output":5}'],
  ["something less", '{"index":1,"time_ns":2,"process":3,"type":"ok","output":4'],
])("%s is left to others", ([, line]) => {
  expect(recordedLine(line!)).toBeUndefined();
});
