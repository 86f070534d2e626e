import { loadDriver } from "../load-driver.ts";
import type { Speaker } from "../speaker.ts";
import { connect } from "./connect.ts";
import { readers } from "./contents.ts";

/**
 * Sends commands to Redis or Valkey, one for each line, as typed in redis-cli: `SET counter 0`. A word with spaces must
 * be in quotes; a line that begins with # is a comment. `GET counter = 2` asks whether that is the answer; a list is
 * compared as `a,b`, and a key that is not there as `nil`.
 */
export async function speakRedis(url: string): Promise<Speaker> {
  const { Redis } = await loadDriver("ioredis", () => import("ioredis"));
  const client = await connect(Redis, url, { retryStrategy: null });
  const say = async (text: string): Promise<unknown> => {
    let answer: unknown;
    for (const line of text.split("\n").map((line) => line.trim())) {
      if (line === "" || line.startsWith("#")) continue;
      const words = wordsOf(line);
      const asked = words.at(-2) === "=" ? words.splice(-2)[1] : undefined;
      const [name = "", ...args] = words;
      answer = await client.call(name, ...args);
      if (asked !== undefined) answer = asOneWord(answer) === asked;
    }
    return answer;
  };
  return {
    say: async (text) => void (await say(text)),
    async ask(text) {
      const answer = await say(text);
      return [Array.isArray(answer) ? (answer as unknown[]) : [answer]];
    },
    async show(what) {
      const key = what.slice("key ".length);
      const type = await client.type(key);
      const read = readers[type]?.(key);
      return read ? JSON.stringify(await client.call(...read)) : type;
    },
    async [Symbol.asyncDispose]() {
      client.disconnect();
    },
  };
}

const asOneWord = (answer: unknown): string =>
  Array.isArray(answer) ? answer.map(asOneWord).join() : `${(answer ?? "nil") as string | number}`;

/** The words of a line: `EVAL "return 1" 0` has three. */
function wordsOf(line: string): string[] {
  const words = line.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|(\S+)/g);
  return Array.from(words, ([, quoted, plain, word]) =>
    quoted === undefined ? (plain ?? word!) : quoted.replace(/\\(.)/g, "$1"),
  );
}
