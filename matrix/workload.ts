import type { Checker, Verdict } from "../checkers/verdict.ts";
import type { Random } from "./load/random.ts";

/** An operation as a client invokes it. */
export interface Invocation<Input = unknown> {
  readonly f: string;
  readonly input: Input;
}

/** What clients do, and how it is judged: plain data, the same for every database. */
export interface Workload<Input = unknown> {
  /** What users write on the command line. */
  readonly name: string;
  /** What the clients of a schedule do: all the same, or each its own (clients count from 1). */
  readonly scheduled: Invocation<Input> | ((client: number) => Invocation<Input>);
  /** What a client of a load does next. */
  nextOperation(random: Random): Invocation<Input>;
  /** The state that `prepare` makes, as a number for the header of a history. */
  readonly initial: number;
  /** Judge the history of a schedule or a load: all operations, the reads in between, and one last read at rest. */
  readonly checkers: readonly Checker[];
  /** What can go wrong. Promises of its strategies may use only these names. */
  readonly anomalies: readonly string[];
  /** Which anomaly the verdicts of `checkers`, in the same order, show; undefined when none is invalid. */
  classify(verdicts: readonly Verdict[]): string | undefined;
  /** The code of operations that are rightly refused: a refusal is an answer, so they are not tried again. */
  readonly refuses?: string;
  /** Which figures of the checkers the matrix shows: column header → name of the figure. */
  readonly columns: Readonly<Record<string, string>>;
  /** The anomaly that shows when a server forgets what it acknowledged. */
  readonly forgotten: string;
  /** The strategies that are run by default while servers are broken: a few correct ones for each backend. */
  readonly usual: readonly string[];
  /** Those of `usual` that plainly show when a server forgets what it acknowledged. */
  readonly forgettable: readonly string[];
}

/** The name of a strategy across all workloads: `counter.read-write`. */
export const fullName = (workload: Pick<Workload, "name">, strategy: { name: string }): string =>
  `${workload.name}.${strategy.name}`;
