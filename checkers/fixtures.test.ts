import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { checkShare } from "./check-share.ts";

const folder = new URL("../histories/fixtures/", import.meta.url);

/** Each file's name says what it is: `what-happened.MODEL.VERDICT.jsonl`. */
test.each(readdirSync(folder))("%s", async (name) => {
  const [, model, expected] = name.split(".");
  const { verdict, reason } = await checkShare(fileURLToPath(new URL(name, folder)), {
    model: model ?? "",
  });
  expect({ verdict, reason }).toEqual({
    verdict: expected,
    reason: expect.stringMatching(/^[^\n]+\.$/),
  });
});
