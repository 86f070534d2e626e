import type { Checker, Verdict } from "../checkers/verdict.ts";
import type { Random } from "./load/random.ts";

/** An operation as a client invokes it. */
export interface Invocation<Input = unknown> {
  readonly f: string;
  readonly input: Input;
}

/** What clients do, and what judges it: plain data, the same for every database. */
export interface Workload<Input = unknown> {
  /** As on the command line. */
  readonly name: string;
  /** What the clients of a schedule do: all the same, or each its own (clients count from 1). */
  readonly scheduled: Invocation<Input> | ((client: number) => Invocation<Input>);
  /** What a client of a load does next. */
  nextOperation(random: Random): Invocation<Input>;
  /** The state that `prepare` makes, as a number for the header of a history. */
  readonly initial: number;
  /** Judge the history of a schedule or of a load: all operations, reads, and one read at rest at the end. */
  readonly checkers: readonly Checker[];
  /** Names of what can go wrong: the only ones that promises of its strategies may use. */
  readonly anomalies: readonly string[];
  /** The anomaly that the verdicts of the checkers, in their order, show; undefined when none of them is invalid. */
  classify(verdicts: readonly Verdict[]): string | undefined;
  /** Of the checkers' figures those that the matrix shows, by the heads of their columns. */
  readonly columns: Readonly<Record<string, string>>;
  /** How it looks when a server has forgotten what it acknowledged. */
  readonly forgotten: string;
  /** The strategies that are run while servers fail, unless others are asked for: right ones, a few a backend. */
  readonly usual: readonly string[];
  /** Of those the ones whose loss on a forgetful server is as plain as can be. */
  readonly forgettable: readonly string[];
}

/** How a strategy is called where there are several workloads: `counter.read-write`. */
export const fullName = (workload: Pick<Workload, "name">, strategy: { name: string }): string =>
  `${workload.name}.${strategy.name}`;
