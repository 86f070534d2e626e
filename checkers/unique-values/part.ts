import type { Lifetime, Span } from "./lifetimes.ts";

/** What a contradiction is made of. */
export type Part = Lifetime | Span;
