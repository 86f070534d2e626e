import type { Settings } from "../../servers/local/recipe.ts";
import type { Promised } from "../strategy.ts";
import type { FaultKind, Victim } from "./victim.ts";

/** Servers fail on purpose while clients are at work. */
export interface Disturbance {
  readonly kinds: readonly FaultKind[];
  /** How often each kind comes in a cell. */
  readonly times: number;
  readonly victims: readonly Victim[];
  /** How the servers were started: `fast` ones forget, when killed, what they had acknowledged. */
  readonly settings: Settings;
}

/** A server that forgets loses updates, whatever the strategy promises. */
export function promisedWhen(promised: Promised, disturbance: Disturbance | undefined): Promised {
  return disturbance?.settings === "fast" ? { ...promised, updates: "lost" } : promised;
}

/** The server's name and version; and that it forgets, if it does. */
export function serverWhen(server: string, disturbance: Disturbance | undefined): string {
  return disturbance?.settings === "fast" ? `${server}, fast settings (not durable)` : server;
}
