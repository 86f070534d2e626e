import { dirname } from "node:path/posix";
import { shortened } from "../../histories/shortened.ts";
import type { Step } from "../backend.ts";
import { operations, type Request, type Response } from "./driver.ts";

const reads = new Set(["exists", "getData", "getACL", "getChildren"]);
const modes = ["", "ephemeral", "sequential", "ephemeral sequential"];
const longest = 80;

/** A request of the application as a step; undefined for what the library sends by itself. */
export function stepOf(request: Request): Step | undefined {
  const operation = operations[request.header.type];
  if (operation === undefined) return undefined;
  const { path, flags = 0 } = request.payload ?? {};
  const mode = operation === "create" ? modes[flags] : "";
  return {
    statement: [operation, path, mode].filter(Boolean).join(" "),
    kind: reads.has(operation) ? "read" : "write",
    keys: path === undefined ? undefined : keysOf(operation, path),
    describe: (reply) => replyInWords(operation, reply as Response),
  };
}

/** A node that comes or goes is seen in its parent's list. */
function keysOf(operation: string, path: string): string[] {
  return operation === "create" || operation === "delete" ? [path, dirname(path)] : [path];
}

function replyInWords(operation: string, { payload }: Response): string {
  if (operation === "create") return payload?.path ?? "OK";
  if (operation === "exists") return "there";
  if (operation === "getChildren")
    return shortened([...(payload?.children ?? [])].sort().join(), longest);
  if (operation === "getData") return shortened(payload?.data?.toString() ?? "nothing", longest);
  return "OK";
}
