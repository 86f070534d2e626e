/** A server in a container: the pinned official image (or the one the environment names), through Docker. */

import { endpoint, getImage, hasImage, noDocker } from "./containers/docker.ts";
import { Keeper } from "./containers/keeper.ts";
import { containerRecipe } from "./containers/recipes.ts";
import { sweepContainers } from "./containers/sweep.ts";
import { imageOf } from "./images.ts";
import type { Found, Missing, Settings } from "./local/recipe.ts";
import { notInstalled, resolvePackage } from "./optional-package.ts";
import type { Progress } from "./progress.ts";
import { newSecret } from "./secret.ts";
import type { Breakable, Server, ServerKind } from "./server.ts";
import { ServerUnavailable } from "./unavailable.ts";

export interface ContainerOptions {
  readonly settings: Settings;
  readonly progress: Progress;
  readonly signal?: AbortSignal | undefined;
  /** How long a server may take to give its first answer, unless it ends before; 2 minutes unless given. */
  readonly patience_ms?: number;
}

export interface ContainerServer extends Server, Breakable {
  readonly source: "container";
}

/** What would be started, or why nothing can be, without starting or pulling anything. */
export async function lookForContainer(kind: ServerKind): Promise<Found | Missing> {
  const missing = await noContainers();
  if (missing !== undefined) return { missing };
  const image = imageOf(kind);
  const pulled = (await hasImage(image)) ? "" : " (pulled at the first start)";
  return { origin: `container ${image}${pulled}` };
}

/**
 * Starts a server in a container, pulling its image first if it must. The container ends with its
 * disposal, and at the latest with this process, however that ends.
 * @throws ServerUnavailable, one sentence: no Docker, no image, or the last lines of a server that does not start.
 */
export async function startContainer(
  kind: ServerKind,
  options: ContainerOptions,
): Promise<ContainerServer> {
  const { settings, progress, signal, patience_ms = 120_000 } = options;
  const recipe = containerRecipe(kind);
  const missing = await noContainers();
  if (missing !== undefined) {
    throw new ServerUnavailable(`${recipe.local.product} cannot run in a container: ${missing}.`);
  }
  const image = imageOf(kind);
  await getImage(image, progress, signal);
  // Testcontainers does not know Docker's contexts.
  process.env["DOCKER_HOST"] ||= await endpoint();
  await sweepOnce(progress);
  const { launch } = await import("./containers/launch.ts");
  progress({ what: `starting ${image}` });
  const keeper = await Keeper.hire();
  try {
    const { labels } = keeper;
    const secret = newSecret();
    const launched = await launch({ image, recipe, settings, secret, labels, patience_ms, signal });
    const own = { kind, source: "container", origin: `container ${image}` } as const;
    return Object.assign(launched, own, {
      [Symbol.asyncDispose]: () => keeper[Symbol.asyncDispose](),
    });
  } catch (error) {
    await keeper[Symbol.asyncDispose]();
    throw error;
  }
}

let has_swept = false;

async function sweepOnce(progress: Progress): Promise<void> {
  if (has_swept) return;
  has_swept = true;
  // What cannot be removed now is left to a later run.
  for (const { what } of await sweepContainers().catch(() => []))
    progress({ what: `removed what a killed run had left: ${what}`, stays: true });
}

/** Why no container can be started here, as half a sentence; undefined if one can. */
const noContainers = async (): Promise<string | undefined> =>
  (await noDocker()) ??
  (resolvePackage("testcontainers") === undefined ? notInstalled("testcontainers") : undefined);
