import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { operation } from "./example.test-support.ts";
import { loadChecker, mayBeModel } from "./load-model.ts";

const folder = mkdtempSync(join(tmpdir(), "raceproof-model-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const step = "step: (state, { output }) => output === state ? state : undefined";

async function verdictOn(output: unknown, model: string, initial?: unknown): Promise<string> {
  const checker = await loadChecker(model, { initial });
  const history = { header: undefined, operations: [{ ...operation, output }] };
  return `${checker.name}: ${(await checker.check(history, {})).verdict}`;
}

describe("a model from a file", () => {
  test.each(["mine.mjs", "mine.js", "mine.ts", "mine.mts"])("%s", async (name) => {
    const path = file(name, `export default { name: "mine", init: 1, ${step} };`);
    expect(await verdictOn(1, path)).toBe("mine: valid");
    expect(await verdictOn(2, path)).toBe("mine: invalid");
  });

  test("CommonJS", async () => {
    const path = file("mine.cjs", `module.exports = { name: "common", init: 1, ${step} };`);
    expect(await verdictOn(1, path)).toBe("common: valid");
  });

  test("a function that makes one from the initial value", async () => {
    const path = file(
      "make.mjs",
      `export default (init = 3) => ({ name: "made", init, ${step} });`,
    );
    expect(await verdictOn(3, path)).toBe("made: valid");
    expect(await verdictOn(3, path, 4)).toBe("made: invalid");
    expect(await verdictOn(4, path, 4)).toBe("made: valid");
  });

  test.each([
    ["nothing", ""],
    ["null", "export default null;"],
    ["a number", "export default 7;"],
    ["no name", `export default { init: 1, ${step} };`],
    ["a name that is no text", `export default { name: 1, init: 1, ${step} };`],
    ["no init", `export default { name: "n", ${step} };`],
    ["no step", 'export default { name: "n", init: 1 };'],
    ["a step that is none", 'export default { name: "n", init: 1, step: 1 };'],
    ["a function that makes none", "export default () => null;"],
  ])("is refused: %s", async (what, content) => {
    const path = file(`${what.replaceAll(" ", "-")}.mjs`, content);
    await expect(loadChecker(path, {})).rejects.toThrow(
      `The default export of ${path} must be a model, { name, init, step }, or a function that makes one.`,
    );
  });

  test("a function that throws, or needs an initial value", async () => {
    const path = file(
      "needs.mjs",
      `export default (init) => { if (init === undefined) throw new Error("no init"); return { name: "needs", init, ${step} }; };`,
    );
    await expect(loadChecker(path, {})).rejects.toThrow(
      new Error(`The model ${path} cannot be made: no init`),
    );
    expect(await verdictOn(3, path, 3)).toBe("needs: valid");
  });

  test("that cannot be loaded, in one sentence", async () => {
    const path = file("throws.mjs", 'throw new Error("first\\nsecond");');
    await expect(loadChecker(path, {})).rejects.toThrow(
      new Error(`The model ${path} cannot be loaded: first`),
    );
    const strange = file("strange.mjs", 'throw "words";');
    await expect(loadChecker(strange, {})).rejects.toThrow(/cannot be loaded: words$/);
  });
});

test("a model is a name or a file of a program", async () => {
  const said = [
    "register",
    "bank",
    "./mine.ts",
    "mine.mjs",
    "mine.cts",
    "mine.json",
    "tsx",
    "a.js.gz",
  ];
  expect(said.filter(mayBeModel)).toEqual([
    "register",
    "bank",
    "./mine.ts",
    "mine.mjs",
    "mine.cts",
  ]);
  expect((await loadChecker("bank", {})).name).toBe("bank");
  await expect(loadChecker("mine.json", {})).rejects.toThrow('There is no model "mine.json"');
});
