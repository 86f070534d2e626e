import { lookForContainer, startContainer } from "./container.ts";
import { NoImage } from "./containers/docker.ts";
import type { Settings } from "./local/recipe.ts";
import { startLocal } from "./local.ts";
import type { Errand, Progress } from "./progress.ts";
import type { Server, ServerKind } from "./server.ts";
import { ServerUnavailable } from "./unavailable.ts";
import { urlOf, urlServer } from "./url.ts";

/** Where a server comes from, and how it is set. */
export interface StartOptions {
  /**
   * `local` (a process), `container` or a URL. Default: the URL in RACEPROOF_POSTGRES_URL and its like, else a
   * container where Docker answers, else a process.
   */
  readonly from?: string | undefined;
  /** Of a server that we start. Default `fast`: it forgets when it is killed. `durable` does not. */
  readonly settings?: Settings | undefined;
  /** Is told what takes longer than a second. Default: nobody is. */
  readonly progress?: Progress | undefined;
  /** Gives up the start. A server that answers stays until its disposal: whoever works with it stops first. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * A server that answers and has been recognised as the one that was started; for a URL, only the URL.
 * It ends with its disposal, and at the latest with this process, however that ends.
 * The first start of a kind may download it (MySQL, Redis, Java) into `~/.cache/raceproof`.
 *
 * @throws ServerUnavailable, one sentence for people: what was tried, and what to install
 * @example
 * import { startServer } from "raceproof";
 *
 * const server = await startServer("redis");
 * console.log(new URL(server.url).protocol); // redis:
 * await server[Symbol.asyncDispose]();
 */
export async function startServer(kind: ServerKind, options: StartOptions = {}): Promise<Server> {
  const { from = urlOf(kind), settings = "fast", progress = () => {}, signal } = options;
  const errand = { settings, progress, signal };
  if (from === "container") return startContainer(kind, errand);
  if (from === "local") return startLocal(kind, errand);
  if (from !== undefined) return urlServer(kind, from);
  return (await containerIfAny(kind, errand)) ?? startLocal(kind, errand);
}

/** A container where Docker is there and has the image or gets it; else says once why not. */
async function containerIfAny(
  kind: ServerKind,
  errand: Errand & { readonly settings: Settings },
): Promise<Server | undefined> {
  const found = await lookForContainer(kind);
  if ("missing" in found) return tell(errand, found.missing);
  try {
    return await startContainer(kind, errand);
  } catch (error) {
    if (!(error instanceof ServerUnavailable)) throw error;
    // What holds for one image holds for all, and is told once.
    if (error instanceof NoImage)
      return tell(errand, `the image is not there and cannot be pulled: ${error.why}`);
    return tell(errand, error.message.replace(/\.$/, ""));
  }
}

const told = new Set<string>();

function tell({ progress }: Errand, reason: string): undefined {
  if (told.has(reason)) return;
  told.add(reason);
  progress({ what: `local processes, not containers: ${reason}`, stays: true });
}
