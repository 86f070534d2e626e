/** Every `@example` in the doc comments of the package runs as printed, and prints what it says. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import ts from "typescript";
import { afterAll, beforeAll, expect, inject, test, vi } from "vitest";

const entry = resolve("index.ts");
const examples = examplesIn(entry);
let folder: string;

beforeAll(async () => {
  await mkdir("raceproof-out", { recursive: true });
  folder = resolve(await mkdtemp("raceproof-out/doc-examples-"));
  vi.stubEnv("RACEPROOF_POSTGRES_URL", inject("servers").postgres.url);
  vi.stubEnv("RACEPROOF_MYSQL_URL", inject("servers").mysql.url);
  vi.stubEnv("RACEPROOF_REDIS_URL", inject("servers").redis.url);
  vi.stubEnv("RACEPROOF_DYNAMODB_ENDPOINT", inject("servers").dynamodb.url);
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

test("the important ones have an example", () => {
  expect([...examples.keys()]).toEqual(
    expect.arrayContaining(["explore", "connectPostgres", "startServer", "checkHistory", "obeys"]),
  );
});

test.each([...examples])("%s", async (name, code) => {
  const said: string[] = [];
  const log = vi.spyOn(console, "log").mockImplementation((...words: unknown[]) => {
    said.push(words.map(String).join(" "));
  });
  const file = join(folder, `${name}.ts`);
  // In this repository the package is not installed.
  await writeFile(file, code.replaceAll('from "raceproof"', `from ${JSON.stringify(entry)}`));
  try {
    await import(pathToFileURL(file).href);
  } finally {
    log.mockRestore();
  }
  const expected = [...code.matchAll(/^ *console\.log\(.*\); \/\/ (.+)$/gm)].map(
    ([, text]) => text,
  );
  expect(expected.length).toBeGreaterThan(0);
  expect(said).toEqual(expected);
});

/** By the name of the export. */
function examplesIn(file: string): Map<string, string> {
  const { config } = ts.readConfigFile("tsconfig.json", ts.sys.readFile.bind(ts.sys)) as {
    config: object;
  };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ".");
  const program = ts.createProgram([file], options);
  const checker = program.getTypeChecker();
  const module = checker.getSymbolAtLocation(program.getSourceFile(file)!)!;
  const found = new Map<string, string>();
  for (const symbol of checker.getExportsOfModule(module)) {
    const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    for (const tag of target.getJsDocTags(checker)) {
      if (tag.name === "example") found.set(symbol.name, ts.displayPartsToString(tag.text));
    }
  }
  return found;
}
