import type { Operation } from "../../histories/event.ts";

/** Operations that are impossible even without the others, and the one among them that cannot be placed. */
export interface FromNowhere {
  readonly operations: readonly Operation[];
  readonly blocked: Operation;
}
