import { show } from "../call.ts";
import type { Call, Model, Written } from "../model.ts";
import { text, value } from "../shapes.ts";

/**
 * One key of a store of texts: `get`, `put`, `append`, `delete`. A number counts as its text. A missing key is
 * null; its `get` may answer null or "".
 */
export function kv(initial?: unknown): Model<string | null> {
  if (initial !== undefined && initial !== null && !text.fits(initial))
    throw new Error(`What a key starts with must be ${text.is}, not ${show(initial)}.`);
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
    writes,
  };
}

function writes({ f, input, output }: Call): Written | undefined {
  if (f === "append") return { does: "adds", text: textOf(input) };
  if (f !== "get") return { does: "begins", text: f === "delete" ? null : textOf(input) };
  if (output === null) return { does: "observes", text: null };
  return text.fits(output) ? { does: "observes", text: textOf(output) } : undefined;
}

/** Numbers and truth values stand for their texts. */
function textOf(given: unknown): string {
  return typeof given === "string" ? given : `${given as number | bigint | boolean}`;
}

function tells(output: unknown, state: string | null): boolean {
  if (output === null) return state === null;
  return text.fits(output) && textOf(output) === (state ?? "");
}
