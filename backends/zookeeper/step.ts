/** Requests to ZooKeeper as steps, in words and facts: the same for the library's objects and for what a door reads. */
import { dirname } from "node:path/posix";
import { shortened } from "../../histories/shortened.ts";
import type { Step } from "../backend.ts";
import type { Fact, Value } from "../step-facts.ts";
import type { Request, Response } from "./driver.ts";
import { operations } from "./operations.ts";

/** What a request asks, as far as it tells. */
export interface Asked {
  readonly operation: string;
  readonly path?: string | undefined;
  /** How a node is created: the number of ZooKeeper's `CreateMode`. */
  readonly mode?: number | undefined;
  readonly data?: Buffer | null | undefined;
  /** The version that the node must have; absent or -1 = any. */
  readonly version?: number | undefined;
}

/** What a reply tells. */
export interface Told {
  readonly path?: string | undefined;
  readonly children?: readonly string[] | undefined;
  readonly data?: Buffer | null | undefined;
  readonly version?: number | undefined;
  /** The answer to `exists`. */
  readonly is_there?: boolean;
}

const reads = new Set(
  "exists getData getACL getChildren sync check addWatch getEphemerals getAllChildrenNumber".split(
    " ",
  ),
);
const modes = [
  "",
  "ephemeral",
  "sequential",
  "ephemeral sequential",
  "container",
  "with a time to live",
  "sequential, with a time to live",
];
const longest = 80;

export const isEphemeral = (mode: number | undefined): boolean => mode === 1 || mode === 3;
/** The name of a sequential node without the ten digits that the server has appended. */
export const withoutNumber = (path: string): string => path.replace(/\d{10}$/, "");

/** A request of the application as a step; undefined for what the library sends by itself. */
export function stepOf(request: Request): Step | undefined {
  const operation = operations[request.header.type];
  if (operation === undefined) return undefined;
  const { path, flags, data, version } = request.payload ?? {};
  const asked: Asked = { operation, path, mode: flags, data, version };
  const told = ({ payload }: Response): Told => ({
    path: payload?.path,
    children: payload?.children,
    data: payload?.data,
    version: payload?.stat?.version,
    is_there: true,
  });
  return {
    statement: statementOf(asked),
    kind: kindOf(asked),
    keys: keysOf(asked),
    facts: (reply) => factsOf(asked, told(reply as Response)),
    describe: (reply) => replyInWords(asked, told(reply as Response)),
  };
}

export const kindOf = ({ operation }: Asked): Step["kind"] =>
  reads.has(operation) ? "read" : "write";

/** `create /lock/n- ephemeral sequential`, `setData /counter 1 version 0`. */
export function statementOf({ operation, path, mode = 0, data, version = -1 }: Asked): string {
  const words = [
    operation,
    path,
    operation === "create" ? modes[mode] : "",
    data && data.length > 0 ? dataInWords(data) : "",
    version === -1 ? "" : `version ${version}`,
  ];
  return words.filter(Boolean).join(" ");
}

/**
 * Creating or removing a node also changes its parent's list. A new sequential node may be any with this name; whoever
 * names one that has its number may have guessed it.
 */
export function keysOf({ operation, path }: Asked): string[] | undefined {
  if (path === undefined) return undefined;
  const unnumbered = withoutNumber(path);
  const own = unnumbered === path ? [path] : [path, unnumbered];
  return operation === "create" || operation === "delete" ? [...own, dirname(path)] : own;
}

/** What happened to a node; undefined for operations that are not read here. */
export function factsOf(asked: Asked, told: Told): Fact[] | undefined {
  const { operation } = asked;
  if (operation === "check" || operation === "sync") return [];
  const node = told.path ?? asked.path;
  if (node === undefined) return undefined;
  const at = { where: { ":path": node }, isAll: true };
  const fact = (does: Fact["does"], more: Partial<Fact> = {}): Fact[] => [
    { does, ...at, rows: 1, ...more },
  ];
  if (operation === "exists") return fact("find", told.is_there === false ? { rows: 0 } : {});
  const said = textOf(operation === "getData" ? told.data : asked.data);
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

export function replyInWords({ operation, path = "" }: Asked, told: Told): string {
  const version = told.version === undefined ? "" : `version ${told.version}`;
  if (operation === "create") return told.path ?? "OK";
  if (operation === "exists") return told.is_there === false ? "not there" : "there";
  if (operation === "getChildren")
    return shortened([...(told.children ?? [])].sort().join() || `none in ${path}`, longest);
  if (operation === "getData")
    return [told.data ? dataInWords(told.data) : "nothing", version].filter(Boolean).join(", ");
  return version || "OK";
}

function dataInWords(data: Buffer): string {
  const text = data.toString("utf8");
  if (text.includes("\ufffd")) return `${data.length} bytes`;
  return shortened(/^\S+$/.test(text) ? text : JSON.stringify(text), longest);
}
