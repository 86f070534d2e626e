import { lookForContainer } from "./container.ts";
import { candidates } from "./local/recipes.ts";
import type { ServerKind } from "./server.ts";
import { ServerUnavailable } from "./unavailable.ts";
import { urlOf, urlServer, variableOf } from "./url.ts";

/** Where a server would come from, as `raceproof list` tells it. */
export interface Where {
  readonly origin: string;
  readonly version?: string;
  readonly available: boolean;
  /** If it cannot be had: what to do, in one sentence. */
  readonly advice?: string;
}

/** Looks, without starting, connecting to or downloading anything. */
export async function whereFrom(kind: ServerKind): Promise<Where> {
  const url = urlOf(kind);
  if (url !== undefined) return fromUrl(kind, url);
  const container = await lookForContainer(kind);
  if (!("missing" in container)) return { origin: container.origin, available: true };
  const reasons = new Set<string>();
  for (const recipe of candidates(kind)) {
    for (const place of recipe.places) {
      const found = await place.look();
      if ("missing" in found) reasons.add(found.missing);
      else return { origin: found.origin, ...known(found.version), available: true };
    }
  }
  const advice = `${[...reasons].join("; ")}: install it, or name a server in ${variableOf(kind)}.`;
  return { origin: "nowhere", available: false, advice };
}

const known = (version: string | undefined): { version?: string } =>
  version === undefined ? {} : { version };

function fromUrl(kind: ServerKind, url: string): Where {
  try {
    return { origin: urlServer(kind, url).origin, available: true };
  } catch (error) {
    if (!(error instanceof ServerUnavailable)) throw error;
    return { origin: "the environment", available: false, advice: error.message };
  }
}
