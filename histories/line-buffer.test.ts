import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { LineBuffer } from "./line-buffer.ts";

const folder = mkdtempSync(join(tmpdir(), "raceproof-lines-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** The content of the file after these pieces, when it is written to now and then. */
function written(pieces: readonly (string | number | Uint8Array)[], write_every: number): string {
  const path = join(folder, "lines");
  const file = openSync(path, "w");
  const lines = new LineBuffer();
  for (const [n, piece] of pieces.entries()) {
    if (typeof piece === "number") lines.natural(piece);
    else if (typeof piece === "string") lines.text(piece);
    else lines.bytes(piece);
    if (n % write_every === 0) lines.writeTo(file);
  }
  lines.writeTo(file);
  closeSync(file);
  return readFileSync(path, "utf8");
}

test("every natural number is written as it is", () => {
  const powers = Array.from({ length: 16 }, (_, n) => 10 ** n);
  const edges = [...powers, ...powers.map((n) => n - 1), 2 ** 31, 2 ** 32, 1e9 + 7, 2 ** 53 - 1];
  for (const n of edges) expect(written([n], 1)).toBe(String(n));
});

test("any pieces come out in order, however long", () => {
  const seed = Date.now();
  console.log(`seed ${seed}`);
  const text = fc.string({ unit: "binary" });
  const long = fc.integer({ min: 0, max: 100_000 }).map((length) => "é".repeat(length));
  const piece = fc.oneof(
    { weight: 5, arbitrary: fc.oneof(text, fc.maxSafeNat()) },
    { weight: 3, arbitrary: text.map((s) => Buffer.from(s)) },
    { weight: 1, arbitrary: long },
  );
  fc.assert(
    fc.property(fc.array(piece), fc.integer({ min: 1, max: 9 }), (pieces, write_every) => {
      expect(written(pieces, write_every)).toBe(pieces.map(String).join(""));
    }),
    { seed, numRuns: 300 },
  );
});
