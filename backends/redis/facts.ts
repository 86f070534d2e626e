/** What commands did to keys, according to their arguments and replies. */
import { type Fact, type Value, type Values, valueOf } from "../step-facts.ts";
import { RespError } from "./resp.ts";

/** The words of a command: its name and its arguments, as they were given. */
export type Words = readonly unknown[];

const leaves_keys = new Set(
  "ping echo publish wait time select watch unwatch multi discard expire pexpire persist client hello auth".split(
    " ",
  ),
);
/** Commands that answer the new value of the key. */
const answers_value = new Set("incr decr incrby decrby incrbyfloat".split(" "));
/** Commands whose first argument is the key that they change. */
const changes_first = new Set(
  "append setrange setbit lpush rpush lpop rpop lset lrem ltrim linsert sadd srem spop zadd zrem zincrby".split(
    " ",
  ),
);

/**
 * @param replies one for each command
 * @returns undefined when one of them may have done anything
 */
export function factsOfCommands(
  commands: readonly Words[],
  replies: readonly unknown[],
): Fact[] | undefined {
  const [first] = commands;
  const last = commands.at(-1);
  if (first && last && nameOf(first) === "multi" && nameOf(last) === "exec") {
    const answers = replies.at(-1);
    // EXEC answered nil because a watched key had changed: nothing was done.
    if (answers === null || answers === undefined) return [];
    return Array.isArray(answers)
      ? factsOfCommands(commands.slice(1, -1), answers as unknown[])
      : undefined;
  }
  const facts = commands.map((command, i) => factsOf(command, replies[i]));
  return facts.includes(undefined) ? undefined : (facts.flat() as Fact[]);
}

const nameOf = ([name]: Words): string => String(name).toLowerCase();

function factsOf(command: Words, reply: unknown): Fact[] | undefined {
  const name = nameOf(command);
  const args = command.slice(1).map(plain);
  // A script may only touch the keys that are listed after their number.
  if (name === "eval" || name === "evalsha")
    return onEach(args.slice(2, 2 + Number(args[1])), (key) => changed(key));
  // It was not done yet, or was refused.
  if (plain(reply) === "QUEUED" || reply instanceof Error || reply instanceof RespError) return [];
  if (leaves_keys.has(name)) return [];
  const [key, one, two] = args;
  if (key === undefined || key === null) return undefined;
  if (name === "get") return [found(key, { "": plain(reply) })];
  if (name === "mget") return foundInEach(args, reply);
  if (name === "set") return factsOfSet(key, one, args.slice(2), reply);
  if (name === "setnx") return [inserted(key, one, reply === 1)];
  if (name === "setex" || name === "psetex") return [changed(key, { "": two })];
  if (answers_value.has(name)) return [computed(key, "", reply)];
  if (name === "del" || name === "unlink") return onEach(args, deleted);
  return (
    factsOfHash(name, key, args.slice(1), reply) ??
    (changes_first.has(name) ? [changed(key)] : undefined)
  );
}

/** SET key value: with NX only if the key does not exist, with XX only if it does. */
function factsOfSet(
  key: string,
  value: Value | undefined,
  options: readonly (Value | undefined)[],
  reply: unknown,
): Fact[] | undefined {
  const has = (option: string): boolean => options.some((one) => one?.toUpperCase() === option);
  if (has("GET")) return undefined;
  if (has("NX")) return [inserted(key, value, plain(reply) === "OK")];
  return plain(reply) === "OK" ? [changed(key, { "": value })] : [];
}

function factsOfHash(
  name: string,
  key: string,
  args: readonly (Value | undefined)[],
  reply: unknown,
): Fact[] | undefined {
  const [field] = args;
  const answers = Array.isArray(reply) ? (reply as unknown[]) : undefined;
  if (name === "hget" && field) return [found(key, { [field]: plain(reply) })];
  if (name === "hmget" && answers) return [found(key, pairs(args, answers.map(plain)))];
  if (name === "hgetall" && answers) {
    const all = answers.map(plain);
    return [
      found(
        key,
        pairs(
          all.filter(isEven),
          all.filter((_, i) => !isEven(_, i)),
        ),
      ),
    ];
  }
  if (name === "hset" || name === "hmset")
    return [
      changed(
        key,
        pairs(
          args.filter(isEven),
          args.filter((_, i) => !isEven(_, i)),
        ),
      ),
    ];
  if (name === "hincrby" || name === "hincrbyfloat")
    return field ? [computed(key, field, reply)] : undefined;
  if (name === "hdel" || name === "hsetnx") return [changed(key)];
  return undefined;
}

const isEven = (_: unknown, i: number): boolean => i % 2 === 0;

const pairs = (
  names: readonly (Value | undefined)[],
  values: readonly (Value | undefined)[],
): Record<string, Value | undefined> =>
  Object.fromEntries(names.map((name, i) => [String(name), values[i]]));

function foundInEach(keys: readonly (Value | undefined)[], reply: unknown): Fact[] | undefined {
  const answers = Array.isArray(reply) ? (reply as unknown[]) : [];
  return onEach(keys, (key, i) => found(key, { "": plain(answers[i]) }));
}

function onEach(
  keys: readonly (Value | undefined)[],
  factOf: (key: string, i: number) => Fact,
): Fact[] | undefined {
  const named = keys.filter((key) => typeof key === "string");
  return named.length === keys.length ? named.map((key, i) => factOf(key, i)) : undefined;
}

/** The "row" of a key. */
const at = (key: string) => ({ where: { ":key": key }, isAll: true });

function found(key: string, values: Readonly<Record<string, Value | undefined>>): Fact {
  const known = Object.entries(values).filter(([, value]) => value !== undefined);
  const columns = Object.fromEntries(known) as Values;
  return { does: "find", ...at(key), rows: 1, found: [{ columns, computed: {} }] };
}

/** @param assigned if not given, anything in the key may have changed */
const changed = (key: string, assigned?: Readonly<Record<string, Value | undefined>>): Fact => ({
  does: "change",
  ...at(key),
  rows: 1,
  ...(assigned ? { assigned } : {}),
});

/** The server computes the value, and answers it. */
function computed(key: string, field: string, reply: unknown): Fact {
  const value = plain(reply);
  return {
    ...changed(key, { [field]: undefined }),
    ...(value === undefined ? {} : { became: { [field]: value } }),
  };
}

const inserted = (key: string, value: Value | undefined, is_done: boolean): Fact => ({
  does: "insert",
  ...at(key),
  rows: is_done ? 1 : 0,
  assigned: { "": value },
});

const deleted = (key: string): Fact => ({ does: "delete", ...at(key) });

/** Bytes that are not text have no value. */
function plain(said: unknown): Value | undefined {
  if (!Buffer.isBuffer(said)) return valueOf(said);
  const text = said.toString("utf8");
  return text.includes("\ufffd") ? undefined : text;
}
