import type { Trouble } from "../oracle/oracle.ts";
import { in_code, type Names } from "./names.ts";
import type { Subject } from "./report.ts";
import { staleInWords } from "./success.ts";

/** Why nobody knows what is right: the serial orders cannot say it. */
export type Unsaid =
  | Extract<Trouble, { kind: "too many orders" | "not to be read" | "stale" | "unsteady" }>
  /** What failed was right when the serial orders were run once more. */
  | { readonly kind: "of its time" };

/** Said before anything is explored. */
export function troubleText({ name, names = in_code }: Subject, trouble: Unsaid): string {
  return `${name}: ${inWords(trouble, names)}, so the serial orders cannot say what is right: say it with ${names.check}.`;
}

function inWords(trouble: Unsaid, names: Names): string {
  if (trouble.kind === "stale") return staleInWords(trouble.stale, names);
  if (trouble.kind === "not to be read")
    return `${trouble.reason}, too much to compare it after every schedule`;
  if (trouble.kind === "unsteady")
    return `the clients one after the other ended differently when that was run again (${trouble.place}; if that does not matter, ${names.ignore} leaves it out)`;
  return plain[trouble.kind];
}

const plain = {
  "too many orders":
    "so many operations can follow one another in more than 24 orders, too many to try all of them",
  "of its time":
    "an interleaving ended like no serial order, but when those were run once more it did: something changes with time",
};
