import type { Operation } from "../../histories/event.ts";

/** Operations that are impossible by themselves, and the one among them that cannot be placed. */
export interface FromNowhere {
  readonly operations: readonly Operation[];
  readonly blocked: Operation;
}
