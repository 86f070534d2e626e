import { lookForContainer, startContainer } from "./container.ts";
import { NoImage } from "./containers/docker.ts";
import type { Settings } from "./local/recipe.ts";
import { startLocal } from "./local.ts";
import type { Errand, Progress } from "./progress.ts";
import type { Server, ServerKind } from "./server.ts";
import { ServerUnavailable } from "./unavailable.ts";
import { urlOf, urlServer } from "./url.ts";

/** Where a server comes from, and its settings. */
export interface StartOptions {
  /**
   * `local` (a process), `container` or a URL. Default: the URL in RACEPROOF_POSTGRES_URL (or that of another kind),
   * else a container if Docker answers, else a process.
   */
  readonly from?: string | undefined;
  /** Of a server that we start. Default: `fast`, which may lose data when the server is killed; `durable` does not. */
  readonly settings?: Settings | undefined;
  /** Called with what takes longer than a second. Default: nothing is reported. */
  readonly progress?: Progress | undefined;
  /** Gives up the start. Once the server answers, the signal does not end it: only its disposal does. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Starts a server, and waits until it answers and is recognised as the one that was started. A URL is only read.
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

/** A container, if Docker answers and has the image or can pull it; else says once why not. */
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
    // The reason does not name the image, so it is told once for all images.
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
