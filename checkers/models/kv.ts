import type { Call, Model } from "../model.ts";
import { text, value } from "../shapes.ts";
import { Lacks } from "./kv-lacks.ts";

/**
 * One key of a store of texts: `get`, `put`, `append`, `delete`. A number counts as its text. A missing key is
 * null; its `get` may answer null or "".
 */
export function kv(initial?: unknown): Model<string | null> {
  if (initial !== undefined && initial !== null && !text.fits(initial))
    throw new Error(`What a key starts with must be ${text.is}, not ${JSON.stringify(initial)}.`);
  let led: readonly Call[] = [];
  let appends: Appends = new Map();
  let lacks: Lacks | undefined;
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
    leads(state, calls, target, last) {
      // Asked about many targets in a row.
      if (led !== calls) appends = appendsIn(calls);
      led = calls;
      return leads(state, calls, target, last, appends);
    },
    lacks(state, calls, observations) {
      if (lacks?.calls !== calls) lacks = new Lacks(calls, textOf);
      return lacks.count(state, observations);
    },
  };
}

/** How many ways to put a text together are tried. */
const most_tries = 60;
const most_rows = 4;

/** The appends by their texts, each list in the order of the calls. */
type Appends = ReadonlyMap<string, readonly number[]>;

function appendsIn(calls: readonly Call[]): Appends {
  const by_text = new Map<string, number[]>();
  for (const [index, { f, input }] of calls.entries()) {
    if (f !== "append") continue;
    const added = textOf(input);
    const indices = by_text.get(added);
    if (indices === undefined) by_text.set(added, [index]);
    else indices.push(index);
  }
  return by_text;
}

/**
 * At most one put or delete, and then appends that make up the rest of the text that `get` answered; or, with `last`,
 * the beginning of it, up to that append.
 */
function leads(
  state: string | null | undefined,
  calls: readonly Call[],
  { output }: Call,
  last: number | undefined,
  appends: Appends,
): number[][] {
  if (output === null || output === undefined || !text.fits(output)) return [];
  if (last !== undefined && calls[last]!.f !== "append") return [];
  const wanted = textOf(output);
  const end = last === undefined ? "" : textOf(calls[last]!.input);
  if (!wanted.includes(end)) return [];
  const rows: number[][] = [];
  const row: number[] = [];
  let tries = 0;
  const goOn = (made: string): void => {
    if (last === undefined) {
      if (made === wanted) rows.push([...row]);
    } else if (wanted.startsWith(end, made.length)) rows.push([...row, last]);
    if (made.length >= wanted.length) return;
    for (const [added, indices] of appends) {
      if (!wanted.startsWith(added, made.length)) continue;
      const index = indices.find((each) => each !== last && !row.includes(each));
      if (index === undefined) continue;
      if (rows.length >= most_rows || ++tries > most_tries) return;
      row.push(index);
      goOn(made + added);
      row.pop();
    }
  };
  if (state !== undefined && wanted.startsWith(state ?? "")) goOn(state ?? "");
  const begun = new Set<string>();
  for (const [index, { f, input }] of calls.entries()) {
    if (f === "append") continue;
    const begin = f === "delete" ? "" : textOf(input);
    if (!wanted.startsWith(begin) || begun.has(begin)) continue;
    begun.add(begin);
    row.push(index);
    goOn(begin);
    row.pop();
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
