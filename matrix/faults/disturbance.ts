import type { Settings } from "../../servers/local/recipe.ts";
import type { Server } from "../../servers/server.ts";
import { ServerUnavailable } from "../../servers/unavailable.ts";
import type { Promised } from "../promise.ts";
import type { Workload } from "../workload.ts";
import { type FaultKind, isVictim, type Victim } from "./victim.ts";

/** Breaks servers on purpose while clients are at work. */
export interface Disturbance {
  readonly kinds: readonly FaultKind[];
  /** How many faults of each kind a cell gets. */
  readonly times: number;
  readonly victims: readonly Victim[];
  /** How the servers were started. A `fast` server that is killed forgets what it has acknowledged. */
  readonly settings: Settings;
}

/**
 * @param servers made victims at their start
 * @throws ServerUnavailable for a fault that none of them bears
 */
export function disturbanceOf(
  servers: readonly Server[],
  { kinds, times, settings }: Omit<Disturbance, "victims">,
): Disturbance {
  const victims = servers.filter((server) => isVictim(server));
  for (const kind of kinds) {
    if (victims.some(({ bears }) => bears.includes(kind))) continue;
    const whose = servers.map(({ origin }) => origin).join(", ");
    throw new ServerUnavailable(
      `${whose} is someone else's server, which is not ours to ${kind}: use --fault cut, or --server ${servers[0]!.kind}=local.`,
    );
  }
  return { kinds, times, victims, settings };
}

/** A server that forgets breaks every promise, so this anomaly is expected of every strategy. */
export function promisedWhen(
  promised: Promised,
  { forgotten }: Workload,
  disturbance: Disturbance | undefined,
): Promised {
  return disturbance?.settings === "fast" ? { ...promised, shows: [forgotten] } : promised;
}

/** The server's name and version; and that it forgets, if it does. */
export function serverWhen(server: string, disturbance: Disturbance | undefined): string {
  return disturbance?.settings === "fast" ? `${server}, fast settings (not durable)` : server;
}
