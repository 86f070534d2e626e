/** Who counts as the one that started us. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, test } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "raceproof-interruption-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Prints the exit code of an interruption once the process that started it has been looked for, and waits no longer. */
const program = join(folder, "waits.ts");
writeFileSync(
  program,
  `import { interruption } from ${JSON.stringify(resolve("cli/interruption.ts"))};
   const asked = interruption();
   setTimeout(() => { console.log(String(asked.exit_code)); process.exit(); }, 1_500);`,
);
const node = [process.execPath, "--import", import.meta.resolve("tsx"), program];
const env = { ...process.env, npm_lifecycle_event: "ci", TSX_DISABLE_CACHE: "1" };
const codeOf = async (file: string, ...args: string[]): Promise<string> =>
  (await promisify(execFile)(file, args, { env })).stdout.trim();

describe.concurrent("in a script of package.json", () => {
  test.each([
    ["timeout", ["60", ...node]],
    ["env", ["nice", "-n", "1", ...node]],
    ["sh", ["-c", `${node.map((word) => `'${word}'`).join(" ")}; exit`]],
  ])("%s may start it", async (file, args) => {
    expect(await codeOf(file, ...args)).toBe("undefined");
  });

  test("it ends when the script is gone before it has begun", async () => {
    const words = node.map((word) => `'${word}'`).join(" ");
    const out = join(folder, "said");
    // The subshell is over at once; its parent waits for the text, not for the process.
    const lines = `(sh -c "exec ${words}" > '${out}' 2>&1 &); while ! [ -s '${out}' ]; do sleep 0.1; done; cat '${out}'`;
    expect(await codeOf("sh", "-c", lines)).toBe("129");
  });
});
