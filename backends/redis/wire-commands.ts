import { shortened } from "../../histories/shortened.ts";
import type { Reply, Request } from "../wire.ts";
import { factsOfCommands } from "./facts.ts";
import { RespError, type Value } from "./resp.ts";
import { effectsOf, inFull, touches_anything, wordOf } from "./step.ts";

/** Commands whose arguments are all keys. In most others that have keys, only the first argument is one. */
const only_keys = new Set(
  "mget del unlink exists touch watch sinter sunion sdiff pfcount".split(" "),
);
/** The same, but the last argument is how long they wait. */
const keys_then_time = new Set("blpop brpop bzpopmin bzpopmax".split(" "));
const first_two = new Set(
  "rename renamenx copy smove lmove blmove rpoplpush brpoplpush".split(" "),
);

/** @param queues whether they follow a MULTI, so that they are only queued and nobody else sees an effect yet */
export function requestOf(commands: readonly (readonly string[])[], queues: boolean): Request {
  const names = commands.map(([name = ""]) => name.toLowerCase());
  const keys = commands.map(keysOf);
  const ends_queue = names.some((name) => name === "exec" || name === "discard");
  return {
    statement: commands
      .map(([name = "", ...args]) => [name.toUpperCase(), ...args.map(wordOf)].join(" "))
      .join("; "),
    ...effectsOf(names),
    ...reachOf(commands),
    ...(queues && !ends_queue ? { kind: "begin" } : {}),
    keys: keys.includes(undefined) ? undefined : [...new Set(keys.flat() as string[])],
    commits_itself: false,
    facts: (reply) => factsOfCommands(commands, (reply as Reply).values ?? []),
  };
}

/** A channel belongs to the whole server, and so do its settings; some commands name another database. */
function reachOf(
  commands: readonly (readonly string[])[],
): Pick<Request, "outside" | "serverWide"> {
  for (const [name = "", ...args] of commands) {
    if (/^s?publish$|^config$/i.test(name)) return { serverWide: true };
    const to = /^copy$/i.test(name) ? args.findIndex((word) => /^db$/i.test(word)) + 1 : 1;
    if (/^(move|copy)$/i.test(name) && to > 0) return { outside: `database ${args[to]}` };
    if (/^swapdb$/i.test(name)) return { outside: `the databases ${args.join(" and ")}` };
  }
  return {};
}

function keysOf([word = "", ...args]: readonly string[]): string[] | undefined {
  const name = word.toLowerCase();
  if (touches_anything(name) || args.length === 0) return undefined;
  if (only_keys.has(name)) return args;
  if (keys_then_time.has(name)) return args.slice(0, -1);
  if (first_two.has(name)) return args.slice(0, 2);
  if (/^m?set(nx)?$/.test(name) && name.startsWith("m")) return args.filter((_, i) => i % 2 === 0);
  return /store|xread|migrate|object|memory|zunion|zinter|zdiff|bitop|pfmerge|lmpop|zmpop/.test(
    name,
  )
    ? undefined
    : args.slice(0, 1);
}

/** For MULTI … EXEC, the answer to EXEC: `nil` when a watched key had changed. */
export function replyOf(values: readonly Value[]): Reply {
  const [first, second] = values;
  const told = first === "OK" && second === "QUEUED" ? values.at(-1)! : values;
  const only = told === values && values.length === 1 ? first! : told;
  if (only instanceof RespError) return { error: { code: only.code, message: only.message } };
  return { word: shortened(inFull(only), 60), values };
}
