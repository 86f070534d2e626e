import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { checkFile } from "./check-file.ts";

const folder = mkdtempSync(join(tmpdir(), "raceproof-check-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const stale = file(
  "stale.edn",
  `[{:process 0 :type :invoke :f :write :value 1} {:process 0 :type :ok :f :write :value 1}
    {:process 1 :type :invoke :f :read :value nil} {:process 1 :type :ok :f :read :value 0}]`,
);

/** Appends that all overlap, and a text that none of their orders makes. The model knows no short cut: 14! orders to exclude. */
function hopeless(): { path: string; model: string } {
  const lines = [];
  for (let process = 0; process < 14; process++)
    lines.push(`{:process ${process} :type :invoke :f :append :value "${process}."}`);
  for (let process = 0; process < 14; process++)
    lines.push(`{:process ${process} :type :ok :f :append :value "${process}."}`);
  lines.push("{:process 0 :type :invoke :f :read}{:process 0 :type :ok :f :read :value 0}");
  const model = file(
    "text.ts",
    `type Call = { f: string; input: unknown; output: unknown };
     export default () => ({ name: "text", init: "", step: (state: string, { f, input, output }: Call) =>
       f === "append" ? state + input : output === state ? state : undefined });`,
  );
  return { path: file("hopeless.edn", lines.join("\n")), model };
}

describe("checkFile", () => {
  test("says what is wrong, and draws it", async () => {
    expect(await checkFile(stale, { model: "register", initial: 0 })).toMatchObject({
      verdict: "invalid",
      reason:
        "process 1's read → 0 (line 2) is impossible after process 0's write 1 (line 1) had returned: the state can only have been 1.",
      drawing: [
        "process 0  |--|           write 1   line 1",
        "process 1        |--|     read → 0   line 2   ← cannot be placed",
      ].join("\n"),
      operations: 2,
      events: 4,
    });
  });

  test("a model of one's own, in TypeScript", async () => {
    const model = file(
      "mine.ts",
      `type Call = { f: string; input: unknown; output: unknown };
       export default (initial = 0) => ({ name: "mine", init: initial as unknown, step: (state: unknown, { f, input, output }: Call) =>
         f === "write" ? input : output === state ? state : undefined });`,
    );
    expect(await checkFile(stale, { model, initial: 0 })).toMatchObject({
      checker: "mine",
      verdict: "invalid",
    });
    const empty = file("empty.mjs", "export default {};");
    expect((await checkFile(stale, { model: empty })).reason).toMatch(
      /must be a model, \{ name, init, step \}/,
    );
  });

  test("limits hold, also inside a step that does not return", async () => {
    const hang = file(
      "hang.mjs",
      'export default { name: "hang", init: 0, step() { for (;;); } };',
    );
    expect(await checkFile(stale, { model: hang, timeoutMs: 500 })).toMatchObject({
      verdict: "unknown",
      reason: "Not decided within 0.5 s: 0 events were reached.",
    });
    const stop = new AbortController();
    const stopped = checkFile(stale, { model: hang, signal: stop.signal });
    stop.abort();
    expect((await stopped).reason).toMatch(/^Told to stop/);
  });

  test("a time limit that is longer than any timer", async () => {
    const { verdict } = await checkFile(stale, { model: "register", timeoutMs: 2 ** 40 });
    expect(verdict).toBe("invalid");
  });

  test("a model that waits for nothing", async () => {
    const model = file("waits.mjs", "await new Promise(() => undefined); export default {};");
    expect((await checkFile(stale, { model })).reason).toMatch(
      /^The model .* waits for what never happens: 0 /,
    );
  });

  test("a verdict that was found stays found, whatever becomes of its explanation", async () => {
    const explained = (then: string): string => `
      let judge;
      export default () => ({
        name: "mine",
        init: 0,
        knows: { read: {}, write: {} },
        step(state, { f, input, output }) {
          judge ??= this;
          if (judge !== this) ${then};
          return f === "write" ? input : output === state ? state : undefined;
        },
      });`;
    const hanging = join(folder, "hanging");
    const hang = file(
      "hang-later.mjs",
      `import { writeFileSync } from "node:fs";
       ${explained(`for (writeFileSync(${JSON.stringify(hanging)}, ""); ; )`)}`,
    );
    const stop = new AbortController();
    const stopped = checkFile(stale, { model: hang, signal: stop.signal });
    await expect.poll(() => existsSync(hanging), { timeout: 60_000 }).toBe(true);
    stop.abort();
    expect(await stopped).toMatchObject({
      verdict: "invalid",
      reason:
        "what happened up to the return of process 1's read → 0 (line 2) is impossible; there was no time to find out why.",
      operations: 2,
    });
    const full = file("full-later.mjs", explained("for (const all = []; ; ) all.push([...all])"));
    expect((await checkFile(stale, { model: full, memoryMb: 32 })).verdict).toBe("invalid");
    const broken = file("broken-later.mjs", explained('throw new Error("no more")'));
    expect(await checkFile(stale, { model: broken })).toMatchObject({
      verdict: "invalid",
      reason:
        "what happened up to the return of process 1's read → 0 (line 2) is impossible. It could not be explained: no more",
    });
  });

  test("time and memory", async () => {
    const { path, model } = hopeless();
    const late = await checkFile(path, { model, timeoutMs: 2_000 });
    expect([late.verdict, late.reason]).toEqual([
      "unknown",
      expect.stringMatching(/^Not decided within 2 s/),
    ]);
    const full = await checkFile(path, { model, memoryMb: 32, timeoutMs: 60_000 });
    expect([full.verdict, full.reason]).toEqual([
      "unknown",
      expect.stringMatching(/^Not decided within 32 MB/),
    ]);
  });

  test("the order told is that of all keys, also where several threads judge", async () => {
    const long = "x".repeat(1_000_000);
    const keys = ["a", "b", "c", "d", "e", "f", "g", "h", "i"];
    const lines = keys.map((key, process) => {
      const [invoke, ok] = ["invoke", "ok"].map(
        (type) => `{:process ${process} :type :${type} :f :append :value ["${key}" "${long}"]}`,
      );
      return `${invoke}\n${ok}`;
    });
    const path = file("keys.edn", lines.join("\n"));
    const told = await checkFile(path, { model: "kv", independent: true, witness: true });
    expect(told.verdict).toBe("valid");
    expect(told.witness?.map(({ key }) => key).sort()).toEqual(keys);
  });

  test("a file that is no history", async () => {
    expect(await checkFile(join(folder, "none"), { model: "register" })).toMatchObject({
      verdict: "unknown",
      reason: expect.stringMatching(/it is not there\.$/),
    });
  });
});
