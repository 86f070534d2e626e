import { dirname } from "node:path/posix";
import { shortened } from "../../histories/shortened.ts";
import type { Step } from "../backend.ts";
import type { Fact, Value } from "../step-facts.ts";
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
    facts: (reply) =>
      path === undefined ? undefined : factsOf(operation, request, reply as Response),
    describe: (reply) => replyInWords(operation, reply as Response),
  };
}

/** What happened to a node; undefined for operations that are not read here. */
function factsOf(operation: string, { payload: asked }: Request, { payload }: Response) {
  const node = payload?.path ?? asked?.path;
  if (node === undefined) return undefined;
  const at = { where: { ":path": node }, isAll: true, rows: 1 };
  const fact = (does: Fact["does"], more: Partial<Fact> = {}): Fact[] => [{ does, ...at, ...more }];
  if (operation === "exists") return fact("find");
  const said = textOf(operation === "getData" ? payload?.data : asked?.data);
  if (operation === "getData")
    return fact("find", {
      found: [{ columns: said === undefined ? {} : { "": said }, computed: {} }],
    });
  if (operation === "setData") return fact("change", { assigned: { "": said } });
  if (operation === "create") return fact("insert", { assigned: { "": said } });
  return operation === "delete" ? fact("delete") : undefined;
}

function textOf(data: Buffer | null | undefined): Value | undefined {
  const text = data?.toString("utf8");
  return text?.includes("\ufffd") ? undefined : (text ?? null);
}

/** Creating or removing a node also changes its parent's list. */
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
