/**
 * Which errors Redis and Valkey give, and where. MOVED and ASK are not among them: only a server in cluster mode answers
 * so, and the databases behind doors are none (https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/).
 */
import type { PossibleError } from "../possible-errors.ts";

/** The commands of a request; each a name in lower case, and its arguments. */
export interface Commands {
  readonly commands: readonly (readonly string[])[];
  /** They follow a MULTI that came before, so that they are only queued. */
  readonly are_queued: boolean;
}

const writes = new Set(
  (
    "set setnx setex psetex getset getdel getex append incr incrby incrbyfloat decr decrby mset msetnx setrange setbit " +
    "del unlink expire pexpire expireat pexpireat persist rename renamenx copy hset hsetnx hmset hincrby hincrbyfloat " +
    "hdel lpush rpush lpushx rpushx lpop rpop lset lrem ltrim linsert lmove rpoplpush blpop brpop blmove sadd srem spop " +
    "smove zadd zincrby zrem zpopmin zpopmax xadd xdel xack xreadgroup pfadd flushdb flushall"
  ).split(" "),
);
/** These are answered even while a script runs. */
const answered_while_busy = new Set(
  "multi exec discard watch unwatch reset quit auth hello script function shutdown".split(" "),
);

/** Whether a command certainly writes, or would if its script came to its end. */
const isWrite = ([name = "", script = ""]: readonly string[]): boolean => {
  if (name !== "eval") return writes.has(name);
  const called = script.matchAll(/redis\.p?call\(\s*['"](\w+)['"]/gi);
  return [...called].some(([, inner]) => writes.has(inner!.toLowerCase()));
};

/** One command, or a whole MULTI … EXEC: then the error of one of its commands discards all of them. */
export const queuedIn = ({ commands }: Commands): readonly (readonly string[])[] | undefined =>
  commands.length > 2 && commands[0]![0] === "multi" && commands.at(-1)![0] === "exec"
    ? commands.slice(1, -1)
    : undefined;

const some = (all: Commands, isMet: (command: readonly string[]) => boolean): boolean => {
  const queued = queuedIn(all);
  if (queued) return queued.some(isMet);
  return !all.are_queued && all.commands.length === 1 && isMet(all.commands[0]!);
};

/** Whether this command is refused with that error. */
export const isRefused = (code: string, command: readonly string[]): boolean =>
  code === "READONLY" ? isWrite(command) : !answered_while_busy.has(command[0] ?? "");

export const possible_errors: readonly PossibleError<Commands>[] = [
  {
    // Another server has become the primary, and clients are still connected to this one.
    code: "READONLY",
    message: "READONLY You can't write against a read only replica.",
    source: "https://redis.io/docs/latest/operate/oss_and_stack/management/replication/",
    isPossible: (_, all) => some(all, (command) => isRefused("READONLY", command)),
  },
  {
    code: "BUSY",
    message:
      "BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.",
    source: "https://redis.io/docs/latest/develop/programmability/",
    isPossible: (_, all) => some(all, (command) => isRefused("BUSY", command)),
  },
];
