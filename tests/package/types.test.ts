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
