import type { Call, Model } from "../model.ts";
import { text, value } from "../shapes.ts";

/**
 * One key of a store of texts: `get`, `put`, `append`, `delete`. A number counts as its text. A missing key is
 * null; its `get` may answer null or "".
 */
export function kv(initial?: unknown): Model<string | null> {
  if (initial !== undefined && initial !== null && !text.fits(initial))
    throw new Error(`What a key starts with must be ${text.is}, not ${JSON.stringify(initial)}.`);
  return {
    name: "kv",
    init: initial === undefined || initial === null ? null : textOf(initial),
    knows: { get: { output: value }, put: { input: text }, append: { input: text }, delete: {} },
    step(state, { f, input, output }) {
      switch (f) {
        case "get":
          return output === undefined || tells(output, state) ? state : undefined;
        case "put":
          return textOf(input);
        case "append":
          return `${state ?? ""}${textOf(input)}`;
        case "delete":
          return null;
        default:
          throw new Error(`A key-value store has no operation "${f}".`);
      }
    },
    observes: ({ f }) => f === "get",
    reaches: (state, { output }) =>
      output === undefined ||
      (output === null ? state === null : textOf(output).startsWith(state ?? "")),
    overwrites: ({ f }) => f === "put" || f === "delete",
    leads,
  };
}

/** How many ways to put a text together are tried. */
const most_tries = 60;
const most_rows = 4;

/** At most one put or delete, and then appends that make up the rest of the text that `get` answered. */
function leads(state: string | null, calls: readonly Call[], { output }: Call): number[][] {
  if (output === null || output === undefined || !text.fits(output)) return [];
  const wanted = textOf(output);
  const rows: number[][] = [];
  let tries = 0;
  const goOn = (made: string, row: readonly number[]): void => {
    if (made === wanted) rows.push([...row]);
    let tried: string[] = [];
    for (const [index, { f, input }] of calls.entries()) {
      if (f !== "append" || made.length >= wanted.length) continue;
      const added = textOf(input);
      if (!wanted.startsWith(added, made.length) || tried.includes(added) || row.includes(index))
        continue;
      if (rows.length >= most_rows || ++tries > most_tries) return;
      tried = [...tried, added];
      goOn(made + added, [...row, index]);
    }
  };
  if (wanted.startsWith(state ?? "")) goOn(state ?? "", []);
  const begun = new Set<string>();
  for (const [index, { f, input }] of calls.entries()) {
    if (f === "append") continue;
    const begin = f === "delete" ? "" : textOf(input);
    if (!wanted.startsWith(begin) || begun.has(begin)) continue;
    begun.add(begin);
    goOn(begin, [index]);
  }
  return rows;
}

/** Numbers and truth values stand for their texts. */
function textOf(given: unknown): string {
  return typeof given === "string" ? given : `${given as number | bigint | boolean}`;
}

function tells(output: unknown, state: string | null): boolean {
  if (output === null) return state === null;
  return text.fits(output) && textOf(output) === (state ?? "");
}
