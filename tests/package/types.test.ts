/** TypeScript projects, with the strictest look at our declarations: no skipLibCheck. */
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { Project } from "./project.ts";

let project: Project;

beforeAll(async () => {
  project = await Project.make();
  // Only one driver is installed: the project must compile without the declarations of the others.
  await project.install(inject("packed"), "typescript", "pg", "@types/pg");
  await project.write("right.ts", right);
  await project.write("wrong.ts", right.replace("Backend<Client>", "Backend<number>"));
});

afterAll(() => project?.[Symbol.asyncDispose]());

const modes = [
  { module: "nodenext", resolution: "nodenext" },
  { module: "esnext", resolution: "bundler" },
];

test.each(modes)("$resolution", async ({ module, resolution }) => {
  const tsc = ["tsc", "--noEmit", "--strict", "--target", "es2022"];
  tsc.push("--module", module, "--moduleResolution", resolution, "--types", "node");
  const { code, text } = await project.run([...tsc, "right.ts"]);
  expect(text).toBe("");
  expect(code).toBe(0);
  const wrong = await project.run([...tsc, "wrong.ts"]);
  expect(wrong.text).toContain("wrong.ts");
  expect(wrong.text).toContain("Type 'Client' is not assignable to type 'number'");
});

test("the matchers have types, for vitest and for Jest", async () => {
  await project.install("vitest", "@jest/globals");
  for (const [runner, globals] of [
    ["vitest", "vitest"],
    ["jest", "@jest/globals"],
  ] as const) {
    const text = matching.replace("RUNNER", runner).replace("GLOBALS", globals);
    await project.write(`${runner}.right.ts`, text);
    await project.write(`${runner}.wrong.ts`, text.replace('"lost update"', "5"));
    const tsc = ["tsc", "--noEmit", "--strict", "--target", "es2022", "--module", "nodenext"];
    // Of their own declarations, not ours, more would be missing here.
    tsc.push("--skipLibCheck", "--types", "node");
    const right = await project.run([...tsc, `${runner}.right.ts`]);
    expect(right.text).toBe("");
    const wrong = await project.run([...tsc, `${runner}.wrong.ts`]);
    expect(wrong.text).toContain("Argument of type '5' is not assignable");
  }
});

const matching = `
import { expect } from "GLOBALS";
import { withDatabase } from "raceproof/RUNNER";

const database = withDatabase("postgres", "CREATE TABLE t (n int)");
const program = { ...database, client: (url: string) => url, setup: () => 1, run: () => 1 };
await expect(program).toBeRaceFree();
await expect(program).toHaveRace("lost update");
await expect(program).not.toHaveRace(/lost/);
`;

const right = `
import type { Client } from "pg";
import { type Backend, connectPostgres, explore, type Report } from "raceproof";

const postgres: Backend<Client> = await connectPostgres({ url: "postgres://127.0.0.1" });
const report: Report = await explore({
  name: "typed",
  backend: postgres,
  setup: (db, key) => db.query("DELETE FROM t WHERE id = $1", [key]),
  run: (db, { key }) => db.query("INSERT INTO t VALUES ($1)", [key]),
  check: async (_db, { events }) => events.length === 4,
});
console.log(report.text);
`;
