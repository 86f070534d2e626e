import type { Command } from "ioredis";
import { shortened } from "../../histories/shortened.ts";
import type { Step } from "../backend.ts";
import { blocksOf } from "./blocks.ts";
import { factsOfCommands } from "./facts.ts";
import { RespError } from "./resp.ts";

/** Only commands that certainly change nothing, not even a time to live. */
const reads = new Set(
  (
    "get mget strlen getrange exists ttl pttl type hget hmget hgetall hexists hlen llen lrange lindex " +
    "lpos hkeys hvals hstrlen getbit bitcount scard sismember smismember smembers sinter sunion sdiff " +
    "zscore zmscore zcard zcount zrange zrevrange zrangebyscore zrevrangebyscore zrank zrevrank " +
    "xlen xrange xrevrange expiretime pexpiretime ping echo time info dbsize keys scan"
  ).split(" "),
);
/** Commands that may touch keys that are not among their arguments, or state of the whole connection. */
const anything = new Set(
  (
    "eval evalsha eval_ro evalsha_ro fcall fcall_ro multi exec discard unwatch select flushdb flushall " +
    "info dbsize keys scan sort"
  ).split(" "),
);
const of_the_connection = new Set(
  "unwatch discard select auth hello client reset subscribe psubscribe ssubscribe monitor quit".split(
    " ",
  ),
);
const word_length_max = 120;
const text_length_max = 60;

/** The names of the scripts that a client has defined with `defineCommand`, by their SHA-1. */
export type ScriptNames = ReadonlyMap<string, string>;

/** Commands that go to the server in one round trip: one alone, a pipeline, or MULTI … EXEC. */
export function stepOf(commands: readonly Command[], scripts: ScriptNames): Step {
  const statement = commands.map((command) => inWords(command, scripts)).join("; ");
  const keys = commands.map(keysOf);
  const names = commands.map(({ name }) => name.toLowerCase());
  return {
    statement,
    ...effectsOf(names),
    isDivisible: blocksOf(commands, ({ name }) => name, false).length > 1,
    keys: keys.includes(undefined) ? undefined : [...new Set(keys.flat() as string[])],
    facts: (reply) => {
      const words = commands.map(({ name, args }) => [name, ...args]);
      return factsOfCommands(words, commands.length === 1 ? [reply] : (reply as unknown[]));
    },
    describe: commands.length === 1 ? replyInWords : repliesInWords,
  };
}

/** WATCH and SELECT leave something behind on the connection; others may wait for something that EXEC pushes. */
export function effectsOf(
  names: readonly string[],
): Pick<Step, "kind" | "mayUnlock" | "leavesBehind"> {
  const kind = kindOfNames(names);
  return {
    kind,
    mayUnlock: names.includes("exec"),
    leavesBehind: kind === "lock" || names.some((name) => of_the_connection.has(name)),
  };
}

/** WATCH is a `lock`: it commutes with no write. */
function kindOfNames(names: readonly string[]): Step["kind"] {
  const [name] = names;
  if (names.length === 1 && name === "watch") return "lock";
  if (names.length === 1 && name === "multi") return "begin";
  if (names.length === 1 && name === "exec") return "commit";
  if (names.length === 1 && name === "discard") return "rollback";
  if (names.every((name) => reads.has(name))) return "read";
  if (names.every((name) => of_the_connection.has(name))) return "other";
  return "write";
}

function keysOf(command: Command): string[] | undefined {
  const name = command.name.toLowerCase();
  if (touches_anything(name)) return undefined;
  const keys = command.getKeys().map(String);
  return keys.length === 0 ? undefined : keys;
}

/** Whether its arguments do not tell for certain what it touches. */
export const touches_anything = (name: string): boolean =>
  anything.has(name) || of_the_connection.has(name);

function inWords(command: Command, scripts: ScriptNames): string {
  const name = command.name.toUpperCase();
  const args = command.args.map(String);
  const script = name === "EVALSHA" ? scripts.get(args[0] ?? "") : undefined;
  if (script !== undefined) args[0] = script;
  return [name, ...args.map(wordOf)].join(" ");
}

/** One argument as typed in redis-cli; only the beginning of scripts and long values. */
export function wordOf(arg: string): string {
  if (/^[^\s"]+$/.test(arg)) return shortened(arg, word_length_max);
  return `"${shortened(arg.replace(/\s+/g, " ").trim(), text_length_max)}"`;
}

/** `5`, `OK`, `nil`, `[1, 2]`. */
function replyInWords(reply: unknown): string {
  return shortened(inFull(reply), text_length_max);
}

export function inFull(reply: unknown): string {
  if (reply === null || reply === undefined) return "nil";
  if (reply instanceof Error || reply instanceof RespError) return reply.message;
  if (Array.isArray(reply)) return `[${reply.map(inFull).join(", ")}]`;
  return Buffer.isBuffer(reply) ? reply.toString() : `${reply as string | number}`;
}

/** For MULTI … EXEC, the answer to EXEC: `nil` when a watched key had changed. */
function repliesInWords(replies: unknown): string {
  const all = replies as readonly unknown[];
  return replyInWords(String(all[0]) === "OK" && isQueued(all[1]) ? all.at(-1) : all);
}

const isQueued = (reply: unknown): boolean =>
  (typeof reply === "string" || Buffer.isBuffer(reply)) && reply.toString() === "QUEUED";
