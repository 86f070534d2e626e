/** What stands in the frames of ZooKeeper's protocol: the requests that read or change nodes, and their replies. */
import { errorName, no_error } from "./error-names.ts";
import { JuteReader } from "./jute.ts";
import { operations } from "./operations.ts";
import type { Asked, Told } from "./step.ts";

const tells_stat = {
  create2: 15,
  create_container: 19,
  create_with_ttl: 21,
  children_and_stat: 12,
};
const { create2, create_container, create_with_ttl, children_and_stat } = tells_stat;
export const close_session = -11;
const is_multi = new Set([14, 22]);

/** A request of the client. */
export interface Call {
  readonly type: number;
  readonly operation: string;
  /** Its operations, if it has several; else itself. */
  readonly parts: readonly Part[];
}

export interface Part extends Asked {
  readonly type: number;
  /** It leaves a watch: on the node itself, or on the list of its children; `for good`: it stays after an event. */
  readonly watches?: "node" | "children" | "for good";
}

/** @param body after the header @returns undefined if it is no step */
export function callOf(
  type: number,
  body: Buffer,
  shown: (path: string) => string,
): Call | undefined {
  const operation = operations[type];
  if (operation === undefined) return undefined;
  const reader = new JuteReader(body);
  if (!is_multi.has(type)) return { type, operation, parts: [partOf(type, reader, shown)] };
  const parts: Part[] = [];
  for (let next = headOf(reader); !next.is_end; next = headOf(reader))
    parts.push(partOf(next.type, reader, shown));
  return { type, operation, parts };
}

const headOf = (reader: JuteReader): { type: number; is_end: boolean; error: number } => ({
  type: reader.int(),
  is_end: reader.bool(),
  error: reader.int(),
});

function partOf(type: number, reader: JuteReader, shown: (path: string) => string): Part {
  const operation = operations[type] ?? `operation ${type}`;
  if (operation === "reconfig" || operations[type] === undefined) return { type, operation };
  const path = shown(reader.text());
  const asked = { type, operation, path };
  if (operation === "create") {
    const data = reader.bytes();
    reader.list(() => [reader.int(), reader.text(), reader.text()]);
    return { ...asked, data, mode: reader.int() };
  }
  if (operation === "setData") {
    const data = reader.bytes();
    return { ...asked, data, version: reader.int() };
  }
  if (operation === "delete" || operation === "check") return { ...asked, version: reader.int() };
  if (operation === "addWatch") return { ...asked, watches: "for good" };
  const leaves_watch = ["exists", "getData", "getChildren"].includes(operation) && reader.bool();
  if (!leaves_watch) return asked;
  return { ...asked, watches: operation === "getChildren" ? "children" : "node" };
}

/** The answers to the parts of a call; or the error of the one that failed, and of all of them with it. */
export type Answers =
  | { readonly told: readonly Told[] }
  | { readonly error: string; readonly message: string };

/** @param body after the header */
export function answersTo(
  { type, operation, parts }: Call,
  error: number,
  body: Buffer,
  shown: (path: string) => string,
): Answers {
  if (operation === "exists" && errorName(error) === "NO_NODE")
    return { told: [{ is_there: false }] };
  if (error !== no_error) return failed(error);
  if (type === close_session) return { told: [] };
  const reader = new JuteReader(body);
  if (!is_multi.has(type)) return { told: parts.map((part) => toldOf(part.type, reader, shown)) };
  const told: Told[] = [];
  const errors: number[] = [];
  for (let next = headOf(reader); !next.is_end; next = headOf(reader)) {
    if (next.type === -1) errors.push(reader.int());
    else told.push(toldOf(next.type, reader, shown));
  }
  // The others say that nothing was wrong with them, or that they were not tried.
  const why = errors.find((one) => one !== no_error && errorName(one) !== "RUNTIME_INCONSISTENCY");
  if (operation === "multiRead") return { told: errors.length > 0 ? [] : told };
  return why === undefined ? { told } : failed(why);
}

const failed = (error: number): Answers => ({
  error: errorName(error),
  message: `ZooKeeper answered ${errorName(error)}`,
});

function toldOf(type: number, reader: JuteReader, shown: (path: string) => string): Told {
  const operation = operations[type];
  if (operation === "create") {
    const path = shown(reader.text());
    const has_stat = [create2, create_container, create_with_ttl].includes(type);
    if (has_stat) versionIn(reader);
    return { path };
  }
  if (operation === "exists") return { version: versionIn(reader), is_there: true };
  if (operation === "setData") return { version: versionIn(reader) };
  if (operation === "getData") {
    const data = reader.bytes();
    return { data, version: versionIn(reader) };
  }
  if (operation !== "getChildren") return {};
  const children = reader.list(() => reader.text());
  if (type === children_and_stat) versionIn(reader);
  return { children };
}

/** Reads what the server knows of a node: 4 numbers of 64 bits, 3 of 32, 1 of 64, 2 of 32, 1 of 64. */
function versionIn(reader: JuteReader): number {
  for (let left = 4; left > 0; left--) reader.long();
  const version = reader.int();
  for (let left = 2; left > 0; left--) reader.int();
  reader.long();
  for (let left = 2; left > 0; left--) reader.int();
  reader.long();
  return version;
}
