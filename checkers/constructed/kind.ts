import type { Operation } from "../../histories/event.ts";
import type { Call } from "../model.ts";
import type { MakeModel } from "../models/index.ts";
import type { Random } from "../random-calls.ts";
import type { Doings } from "./construct.ts";

/** What is known of a model, to make up histories of it that are certainly valid, or certainly not. */
export interface Kind extends Doings {
  readonly make: MakeModel;
  /** An answer that this operation never gets, in any made-up history; undefined where it has none. */
  nonsense?(operation: Operation): unknown;
  /** Calls that cannot happen one after the other, in whatever state they begin. */
  never(random: Random): readonly Call[];
}

export const some = (random: Random, values: number): number => 1 + Math.floor(random() * values);

export const call = (f: string, input: unknown = null, output: unknown = null): Call => ({
  f,
  input,
  output,
});

export const answersRead = (state: unknown, { f }: { f: string }): unknown =>
  f === "read" || f === "get" ? state : null;

/** No made-up history has these values. */
export const strange = [-1_000_003, -1_000_007] as const;
