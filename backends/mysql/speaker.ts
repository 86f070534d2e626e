import { loadDriver } from "../load-driver.ts";
import { rowsInWords, type Speaker } from "../speaker.ts";
import { connectTo, givenBy } from "./connection.ts";
import { quoted } from "./copy-database.ts";

/** Runs statements on MySQL or MariaDB, in the database that the URL names. */
export async function speakMysql(url: string): Promise<Speaker> {
  const { default: library } = await loadDriver("mysql2", () => import("mysql2/promise"));
  const database = decodeURIComponent(new URL(url).pathname.slice(1));
  const connection = await connectTo(library, givenBy(url), { database, multipleStatements: true });
  const ask: Speaker["ask"] = async (text) => {
    const [answer, fields] = await connection.query({ sql: text, rowsAsArray: true });
    if (!Array.isArray(answer)) return [];
    // Several statements have several answers, each with its own fields.
    const is_one = fields.length > 0 && !fields.some((field) => !isField(field));
    const rows = is_one ? answer : answer.at(-1);
    return Array.isArray(rows) ? (rows as unknown[][]) : [];
  };
  return {
    say: async (text) => void (await connection.query(text)),
    ask,
    show: async (what) =>
      rowsInWords(await ask(`SELECT * FROM ${quoted(what.slice("table ".length))}`)),
    [Symbol.asyncDispose]: () => connection.end().catch(() => connection.destroy()),
  };
}

const isField = (field: unknown): boolean => field !== undefined && !Array.isArray(field);
