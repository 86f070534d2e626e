import { startLocal } from "./local.ts";
import type { Progress } from "./progress.ts";
import type { Server, ServerKind } from "./server.ts";
import { ServerUnavailable } from "./unavailable.ts";
import { urlOf, urlServer } from "./url.ts";

export interface StartOptions {
  /** `local`, `container` or a URL; default: the environment's URL, else local. */
  readonly from?: string | undefined;
  readonly progress?: Progress | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * A server that answers and has been recognised as the one that was started; for a URL, only the URL.
 * It ends with its disposal, and at the latest with this process, however that ends.
 * @throws ServerUnavailable, one sentence for people.
 */
export async function startServer(kind: ServerKind, options: StartOptions = {}): Promise<Server> {
  const { from = urlOf(kind) ?? "local", progress = () => {}, signal } = options;
  if (from === "container") {
    throw new ServerUnavailable(
      `Containers are not there yet: use --server ${kind}=local or a URL.`,
    );
  }
  if (from !== "local") return urlServer(kind, from);
  return startLocal(kind, { settings: "fast", progress, signal });
}
