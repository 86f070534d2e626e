import { expect, test } from "vitest";
import { blocksOf } from "./blocks.ts";

const cut = (commands: string, queues = false): string[] =>
  blocksOf(commands.split(" "), (name) => name, queues).map((block) => block.join(" "));

test("others can come between commands, but not from MULTI to EXEC", () => {
  expect(cut("get set")).toEqual(["get", "set"]);
  expect(cut("watch MULTI set set EXEC get")).toEqual(["watch", "MULTI set set EXEC", "get"]);
  expect(cut("multi set discard multi set")).toEqual(["multi set discard", "multi set"]);
  expect(cut("set exec get", true)).toEqual(["set exec", "get"]);
});
