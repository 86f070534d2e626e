import type { Operation } from "../histories/event.ts";
import { escaped, shortened } from "./call.ts";
import { plainText } from "./plain-text.ts";

/** The elements in an operation's answer, as texts: equal elements have equal texts. */
export function elementsOf({ f, output }: Operation): string[] {
  if (!Array.isArray(output)) throw new Error(`a "${f}" must answer a list of elements.`);
  return output.map(plainText);
}

/** "1, 2, 3, …": a few of them, for a sentence. */
export function few(elements: Iterable<string>): string {
  const all = [...elements];
  const told = all.slice(0, 5).map((text) => shortened(escaped(text)));
  return told.join(", ") + (all.length > told.length ? ", …" : "");
}
