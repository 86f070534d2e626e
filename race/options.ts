import type { Isolation } from "../backends/backend.ts";
import type { TriedRepair } from "../repairs/repair.ts";
import type { Exploration } from "../schedules/exploration.ts";
import type { FaultWish } from "../schedules/schedule.ts";
import type { RaceDatabase, Statement } from "./database.ts";
import type { Template } from "./environment.ts";
import type { AppRequest } from "./requests.ts";

/** The options of a race, except its databases. */
export interface RacePlan {
  readonly name: string;
  /** The command of a client that is a process; empty with an app. */
  readonly argv: readonly string[];
  /** Each client is an instance of an app; undefined = a new process for each operation. */
  readonly app?: App | undefined;
  readonly templates: readonly Template[];
  readonly setup: readonly Statement[];
  readonly check: readonly Statement[];
  /** What the comparison with the serial orders leaves out: `account.updated_at`. */
  readonly ignore: readonly string[];
  readonly clients: number;
  readonly operations: number;
  readonly isolation: Isolation | undefined;
  /** What goes wrong on purpose, at every step. */
  readonly faults: readonly FaultWish[];
  readonly schedules: number | undefined;
  readonly seed: number | undefined;
  readonly busy_limit_ms: number;
  readonly time_limit_ms: number | undefined;
  /** Also list the pairs of statements that were seen in one order only. */
  readonly race_coverage: boolean;
  /** After a race without checks, also try the usual repairs on the wire. */
  readonly repairs: boolean;
  /** Folder of the page that shows what was found; undefined = none. */
  readonly report: string | undefined;
}

/** An app whose instances stay alive, and what they are asked. */
export interface App {
  /** A command line for the shell that starts an instance. */
  readonly command: string;
  /** One for each client; or a single one, which all clients send. */
  readonly requests: readonly AppRequest[];
}

/** A program in processes, and how to explore it. */
export interface RaceOptions extends RacePlan {
  /** At least one; disposed of by whoever made them. */
  readonly databases: readonly RaceDatabase[];
  /** How long to wait for a process while others could go. Default 5,000 ms: it may have to start first. */
  readonly patience_ms?: number;
  /** How long an app may take to listen. Default 60,000 ms. */
  readonly start_limit_ms?: number;
  readonly signal: AbortSignal;
  readonly progress: (schedules: number) => void;
  readonly replayCommand: (token: string) => string;
}

/** What a race showed, for people and for exit codes. */
export interface RaceResult {
  readonly kind: "race" | "none found" | "cannot";
  readonly text: string;
  /** Absent if the program fails even without a race. */
  readonly exploration?: Exploration;
  readonly token?: string;
  /** What was tried to mend it. */
  readonly repairs?: readonly TriedRepair[];
}
