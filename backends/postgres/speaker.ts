import type { QueryArrayResult } from "pg";
import { loadDriver } from "../load-driver.ts";
import { rowsInWords, type Speaker } from "../speaker.ts";
import { connectPlainly, givenBy } from "./connection.ts";

/** Runs statements on PostgreSQL, in the database that the URL names. */
export async function speakPostgres(url: string): Promise<Speaker> {
  const { default: library } = await loadDriver("pg", () => import("pg"));
  const client = await connectPlainly(library, givenBy(library, url), {});
  const ask: Speaker["ask"] = async (text) => {
    const answer = (await client.query({ text, rowMode: "array" })) as
      | QueryArrayResult<unknown[]>
      | QueryArrayResult<unknown[]>[];
    return (Array.isArray(answer) ? answer.at(-1) : answer)?.rows ?? [];
  };
  return {
    say: async (text) => void (await client.query(text)),
    ask,
    // The name is already quoted if necessary.
    show: async (what) => rowsInWords(await ask(`SELECT * FROM ${what.slice("table ".length)}`)),
    [Symbol.asyncDispose]: () => client.end().catch(() => undefined),
  };
}
