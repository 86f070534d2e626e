/** What `explore` answers, and what it throws. */
import type { TriedRepair } from "../repairs/repair.ts";
import { blamedStack } from "../reports/blamed-stack.ts";
import { keepAside } from "../reports/keep-aside.ts";
import type { Exploration } from "../schedules/exploration.ts";
import { CheckFailed, OperationFailed } from "../schedules/program.ts";
import type { Meeting } from "./scenarios.ts";

/** Some schedules could not be run to their end, and no other failed: there is neither a race nor a proof. */
export class NoVerdict extends Error {
  override readonly name = "NoVerdict";
  declare readonly exploration: Exploration;

  constructor(message: string, exploration: Exploration) {
    super(message);
    keepAside(this, { exploration });
  }
}

/** Schedules that were run, and the sentence that says what they show. */
export interface Report extends Exploration {
  readonly text: string;
}

/** What was found where the operations of an application met, and the text that says so. */
export interface ScenariosReport {
  readonly meetings: readonly Meeting[];
  readonly schedules: number;
  readonly seed: number;
  readonly text: string;
}

/** The smallest failing interleaving, drawn and explained in the message. */
export class RaceFound extends Error {
  declare readonly exploration: Exploration;
  declare readonly token: string;
  /** The repairs that were tried, and what they showed. */
  declare readonly repairs: readonly TriedRepair[];

  constructor(
    message: string,
    exploration: Exploration,
    token: string,
    repairs: readonly TriedRepair[] = [],
  ) {
    const { failure } = exploration;
    const { error } = failure ?? {};
    // What a check has found is in the message; what an operation threw may have a cause and fields of its own.
    const is_told = error instanceof CheckFailed && !(error instanceof OperationFailed);
    super(message, error === undefined || is_told ? {} : { cause: error });
    this.name = "RaceFound";
    if (failure && this.stack) this.stack = blamedStack(this.stack, message, failure.smallest);
    keepAside(this, { exploration, token, repairs });
  }
}

/** Nothing failed, but a proof was required, or the test's time was over before the search was. */
export class NoProof extends Error {
  override readonly name = "NoProof";
  declare readonly report: Report;

  constructor(message: string, report: Report) {
    super(message);
    keepAside(this, { report });
  }
}

/**
 * Without `check`, what the operations do one after the other is right. But here that cannot be determined: it was
 * different when it was run again, or is too much to be compared. The message says where.
 */
export class NotDeterministic extends Error {
  override readonly name = "NotDeterministic";
}

/** The program fails even when its clients go one after the other, without a race. Its error is the `cause`. */
export class ProgramFailed extends Error {
  override readonly name = "ProgramFailed";
}

/** Fewer than two clients took a step. */
export class NothingRaced extends Error {}
