import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readHistory } from "../../histories/read-history.ts";
import { packHistory } from "./pack-history.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "raceproof-pack-"));
});
afterEach(() => rm(folder, { recursive: true }));

test("a large history is packed, and reads as before; a small one stays as it is", async () => {
  const path = join(folder, "a.jsonl");
  const lines = Array.from({ length: 20_000 }, (_, n) =>
    ["invoke", "ok"].map((type) => JSON.stringify({ process: 0, type, f: "write", value: n })),
  );
  await writeFile(path, lines.flat().join("\n"));
  const before = await readHistory(path);
  expect(await packHistory(path)).toBe(path);
  const packed = await packHistory(path, 1_000);
  expect([packed, await readdir(folder)]).toEqual([`${path}.gz`, ["a.jsonl.gz"]]);
  expect(await readHistory(packed)).toEqual(before);
  expect(before.operations).toHaveLength(20_000);
});

test("half a packed file is said to be damaged", async () => {
  const path = join(folder, "b.jsonl.gz");
  await writeFile(path, Buffer.from("1f8b080000000000000353560501ff", "hex"));
  await expect(readHistory(path)).rejects.toThrow(/b\.jsonl\.gz is packed, and damaged: .+\.$/);
});
