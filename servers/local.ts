/** A local server: a program from the first place that works, started in a home of its own, and recognised. */
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Home, type Resident } from "./home.ts";
import type { Recipe, Settings, Spot } from "./local/recipe.ts";
import { recipes } from "./local/recipes.ts";
import { freePort } from "./port.ts";
import type { Progress } from "./progress.ts";
import type { Server, ServerKind } from "./server.ts";
import { fillFromTemplate } from "./template.ts";
import { ServerUnavailable } from "./unavailable.ts";

/** A server that we can also kill and start again, on the same data and the same port. */
export interface LocalServer extends Server {
  readonly source: "local";
  readonly identity: string;
  /** Sends a signal to the server and all its processes: SIGKILL, SIGSTOP, SIGCONT, … */
  signal(name: NodeJS.Signals): void;
  /** Waits until the process has ended. */
  ended(): Promise<unknown>;
  /** Starts it again after it ended. @throws ServerUnavailable */
  start(): Promise<void>;
}

export interface LocalOptions {
  readonly settings: Settings;
  readonly progress: Progress;
  readonly signal?: AbortSignal | undefined;
}

/** How long a server that does not end may take until its first answer. */
const patience_ms = 60_000;
const port_tries = 3;

/** @throws ServerUnavailable saying why each of the places failed. */
export async function startLocal(kind: ServerKind, options: LocalOptions): Promise<LocalServer> {
  const recipe = recipes[kind];
  const reasons: string[] = [];
  for (const place of recipe.places) {
    options.signal?.throwIfAborted();
    try {
      return await launch(recipe, await place.fetch(options.progress), options);
    } catch (error) {
      if (!(error instanceof ServerUnavailable)) throw error;
      reasons.push(error.message.replace(/\.$/, ""));
    }
  }
  throw new ServerUnavailable(`No ${recipe.product} can be started here: ${reasons.join("; ")}.`);
}

async function launch(
  recipe: Recipe,
  found: Spot["program"],
  { settings, progress, signal }: LocalOptions,
): Promise<LocalServer> {
  const home = await Home.make(recipe.kind, { tenant: recipe.tenant?.(), signal: recipe.end });
  try {
    const program = (await recipe.settle?.(found, home)) ?? found;
    const data = join(home.folder, "data");
    await mkdir(data, { mode: 0o700 });
    await fillFromTemplate(recipe, program, home, data, progress);
    progress({ what: `starting ${recipe.product} ${program.version}` });
    for (let attempt = 1; ; attempt++) {
      const spot = { home, data, program, settings, port: await freePort() };
      const process = await home.run(recipe.arguments(spot), program.env);
      const refusal = await refused(recipe, spot, process, signal);
      if (refusal === undefined) return running(recipe, spot, process);
      if (attempt === port_tries || !/address already in use/i.test(await logOf(home))) {
        throw new ServerUnavailable(refusal);
      }
    }
  } catch (error) {
    await home[Symbol.asyncDispose]();
    throw error;
  }
}

/** Waits until the process answers under its identity; else says why it does not. */
async function refused(
  recipe: Recipe,
  spot: Spot,
  process: Resident,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const expected = recipe.identity(spot, process.pid);
  const deadline = Date.now() + patience_ms;
  let last = "no answer";
  while (Date.now() < deadline) {
    signal?.throwIfAborted();
    try {
      const answer = await recipe.ask(recipe.url(spot.port));
      if (answer === expected && process.running()) return undefined;
      last = `port ${spot.port} belongs to another server (${answer})`;
    } catch (error) {
      last = (error as Error).message;
    }
    if (!process.running())
      return `${spot.program.origin} ended at its start: ${await spot.home.lastWords()}`;
    await pause(20);
  }
  return `${spot.program.origin} did not answer within ${patience_ms / 1000} s: ${last}`;
}

const logOf = (home: Home): Promise<string> => readFile(home.log, "utf8").catch(() => "");

function running(recipe: Recipe, spot: Spot, first: Resident): LocalServer {
  let process = first;
  return {
    kind: recipe.kind,
    source: "local",
    url: recipe.url(spot.port),
    origin: spot.program.origin,
    product: `${recipe.product} ${spot.program.version}`,
    get pid() {
      return process.pid;
    },
    get identity() {
      return recipe.identity(spot, process.pid);
    },
    signal: (name) => process.signal(name),
    ended: () => process.ended(),
    async start() {
      process = await spot.home.run(recipe.arguments(spot), spot.program.env);
      const refusal = await refused(recipe, spot, process);
      if (refusal !== undefined)
        throw new ServerUnavailable(`${recipe.product} does not start again: ${refusal}.`);
    },
    [Symbol.asyncDispose]: () => spot.home[Symbol.asyncDispose](),
  };
}
