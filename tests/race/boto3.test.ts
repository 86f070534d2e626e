/** The counter with conditional puts through boto3, against DynamoDB Local behind a door. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { commandOf } from "./languages.ts";
import { raceOn } from "./race.test-support.ts";

const folder = "examples/any-language";
const python = commandOf({
  name: "python",
  commands: ["/usr/bin/python3", "python3"],
  probe: ["-c", "import boto3"],
});
const item = { id: { S: "a" }, count_value: { N: "0" } };

describe.runIf(python)("boto3", () => {
  const count = (way: string) =>
    raceOn({
      kind: "dynamodb",
      schema: [readFileSync(`${folder}/counter.dynamodb`, "utf8")],
      setup: [`PutItem ${JSON.stringify({ TableName: "Counter", Item: item })}`],
      check: ["SELECT * FROM Counter WHERE id = 'a' AND count_value = 2"],
      argv: [python!, `${folder}/python/boto3_counter.py`, way],
    });

  test("a plain put loses an update", async () => {
    const { kind, text } = await count("racy");
    expect(text).toMatch(/both read count_value = 0 of Counter a; client \d wrote/);
    expect(text).toContain("PutItem {id: a, count_value: 1}");
    expect(kind).toBe("race");
  });

  test("a conditional put says that it is out of sync", async () => {
    const { kind, text } = await count("conditional");
    expect(text).toMatch(/error exit 1 on DynamoDB/);
    expect(text).toContain("ended with exit code 1:\n  out of sync: the counter was no longer 0");
    expect(text).toMatch(/→ error +│\s+ConditionalCheckFailedException/);
    expect(kind).toBe("race");
  });

  test("and is right when it tries again", async () => {
    const { kind, text, exploration } = await count("repaired");
    expect(kind, text).toBe("none found");
    expect(exploration?.proof, text).toBe(true);
  });
});
