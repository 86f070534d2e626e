/**
 * What a program in any language has written into the comments of its statements: SQLCommenter
 * (`file='app.py',line='12'`), Rails (`source_location:app/models/user.rb:12`), EF Core (`-- File: Program.cs:12`).
 */
import { resolve } from "node:path";
import type { Source } from "./source.ts";

/** What the comments of a statement say, and the statement without them. */
export interface Commented {
  readonly bare: string;
  readonly source?: Source;
  /** Where there is no file: `controller users, action show`. */
  readonly route?: string;
}

const comment = /\s*\/\*(?!\+)((?:[^*]|\*(?!\/))*)\*\/\s*|^\s*--([^\n]*)\n\s*/g;
/** A pair: `name='value'` with the value percent-encoded, or `name:value`. */
const pair = /([\w.-]+)\s*(?:='((?:[^'\\]|\\.)*)'|[:=]\s*([^,'\n]+))/g;
const route_names = ["controller", "action", "route", "job", "handler"];

export function commentedIn(statement: string): Commented {
  if (!statement.includes("/*") && !statement.includes("--")) return { bare: statement };
  let found: Omit<Commented, "bare"> = {};
  const bare = statement.replace(comment, (whole: string, ...parts) => {
    const [block, line, at] = parts as [string | undefined, string | undefined, number];
    const in_text = (statement.slice(0, at).match(/'/g) ?? []).length % 2 === 1;
    const said = in_text ? {} : saidIn(pairsIn(block ?? line ?? ""));
    found = { ...found, ...said };
    // Hints and comments of other kinds stay.
    return Object.keys(said).length > 0 ? " " : whole;
  });
  return { bare: Object.keys(found).length > 0 ? bare.trim() : statement, ...found };
}

function pairsIn(text: string): Map<string, string> {
  const pairs = [...text.matchAll(pair)].map(
    ([, name = "", quoted, plain]) =>
      [name.toLowerCase(), decoded(quoted ?? plain?.trim() ?? "")] as const,
  );
  return new Map(pairs);
}

function saidIn(pairs: ReadonlyMap<string, string>): Omit<Commented, "bare"> {
  const together = pairs.get("source_location") ?? pairs.get("file") ?? "";
  const [, file = pairs.get("file"), line = pairs.get("line")] =
    /^(.+?):(\d+)(?:$|:)/.exec(together) ?? [];
  if (file !== undefined && Number(line) > 0)
    return { source: { file: resolve(file), line: Number(line), column: 1 } };
  const route = route_names.flatMap((name) =>
    pairs.has(name) ? `${name} ${pairs.get(name)}` : [],
  );
  return route.length > 0 ? { route: route.join(", ") } : {};
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replace(/\\'/g, "'"));
  } catch {
    return text;
  }
}
