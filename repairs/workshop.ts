/** Where repairs are tried: a program's database behind other doors. With several databases, one of them. */
import type { Backend } from "../backends/backend.ts";
import type { Mending } from "../schedules/doors/mending.ts";
import type { Trace } from "../schedules/trace.ts";
import type { Language } from "./repair.ts";

/** Says a statement in the database of the first lane, of which the others are copies. */
export type Say = (statement: string) => Promise<void>;

export interface Workshop<Client> {
  /** Of several databases, its name. */
  readonly name?: string;
  /** `postgres`: what steps say of the database that they go to. */
  readonly kind: string;
  readonly dialect: Language;
  /** The same databases, this one behind doors that put a repair in. */
  mended(mending: Mending): Backend<Client>;
  /** Says a statement in the database of the first lane; absent if the schema cannot be changed so. */
  readonly say?: Say;
  /** Why an operation cannot be put into one transaction, if that is so whatever it does. */
  readonly cannot_wrap?: string;
  /** False: a load would only measure how long its processes take to start. Default true. */
  readonly measures?: false;
}

/** What a trace says about one of several databases: of two of one kind nobody can tell which. */
export function partOf<Client>(trace: Trace, { name, kind }: Workshop<Client>): Trace {
  if (name === undefined) return trace;
  return { ...trace, steps: trace.steps.filter(({ database }) => database === kind) };
}
