import type { Backend, Isolation } from "../backends/backend.ts";
import type { Address } from "../backends/door-target.ts";
import type { Speaker } from "../backends/speaker.ts";
import type { Exploration } from "../schedules/exploration.ts";
import type { Template } from "./environment.ts";

/** A program in processes, and how to explore it. */
export interface RaceOptions {
  readonly name: string;
  readonly argv: readonly string[];
  readonly templates: readonly Template[];
  /** In a database of its own; disposed of by whoever made it. */
  readonly backend: Backend<unknown>;
  readonly kind: string;
  readonly speak: (address: Address) => Promise<Speaker>;
  readonly setup: readonly string[];
  readonly check: readonly string[];
  readonly clients: number;
  readonly operations: number;
  readonly isolation: Isolation | undefined;
  readonly schedules: number | undefined;
  readonly seed: number | undefined;
  readonly busy_limit_ms: number;
  /** How long a process is waited for while others could go. Default 5,000 ms: it may have to start first. */
  readonly patience_ms?: number;
  readonly time_limit_ms: number | undefined;
  readonly signal: AbortSignal;
  readonly progress: (schedules: number) => void;
  readonly replayCommand: (token: string) => string;
}

/** What a race showed, for people and for exit codes. */
export interface RaceResult {
  readonly kind: "race" | "none found" | "cannot";
  readonly text: string;
  /** Absent where the program does not work without a race. */
  readonly exploration?: Exploration;
  readonly token?: string;
}
