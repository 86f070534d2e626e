/** A local server: a program from the first place that works, started in a home of its own, and recognised there. */
import { mkdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kill as sendSignal } from "node:process";
import { setTimeout as pause } from "node:timers/promises";
import { Home, type Resident } from "./home.ts";
import { sweepHomes } from "./ledger.ts";
import type { Executable, Recipe, Settings, Spot } from "./local/recipe.ts";
import { candidates } from "./local/recipes.ts";
import { memoryInWords } from "./memory-in-words.ts";
import { freePort } from "./port.ts";
import type { Errand } from "./progress.ts";
import { isFull } from "./room.ts";
import { newSecret } from "./secret.ts";
import type { Breakable, Server, ServerKind } from "./server.ts";
import { fillFromTemplate } from "./template.ts";
import { MachineLimit, machineInWords, ServerUnavailable } from "./unavailable.ts";

/** A server that we can also kill, hold, and start again on the same data and the same port. */
export interface LocalServer extends Server, Breakable {
  readonly source: "local";
}

export interface LocalOptions extends Errand {
  readonly settings: Settings;
}

/** How long a server may take until its first answer. */
const patience_ms = 60_000;
/** How long it may take to end in order; then it is killed. */
const stop_limit_ms = 30_000;
const port_tries = 3;

/** @throws ServerUnavailable saying why each of the places failed. */
export async function startLocal(kind: ServerKind, options: LocalOptions): Promise<LocalServer> {
  const reasons = new Set<string>();
  await sweepOnce(options);
  const [wanted, ...others] = candidates(kind);
  for (const recipe of [wanted!, ...others]) {
    for (const place of recipe.places) {
      try {
        const server = await launch(recipe, await place.fetch(options), options);
        if (recipe !== wanted)
          options.progress({
            what: `${recipe.product} takes the place of ${wanted!.product}: ${[...reasons].join("; ")}`,
            stays: true,
          });
        return server;
      } catch (error) {
        options.signal?.throwIfAborted();
        const reason = machineInWords(error, tmpdir(), "set TMPDIR to another folder") as Error;
        reasons.add(reason.message.replace(/\.$/, ""));
        // Another program would meet it, too, and might have to be fetched first.
        if (reason instanceof MachineLimit || (await isFull(tmpdir()))) throw noneOf(kind, reasons);
      }
    }
  }
  throw noneOf(kind, reasons);
}

const noneOf = (kind: ServerKind, reasons: ReadonlySet<string>): ServerUnavailable =>
  new ServerUnavailable(`No ${kind} server can be started here: ${[...reasons].join("; ")}.`);

let has_swept = false;

async function sweepOnce({ progress }: LocalOptions): Promise<void> {
  if (has_swept) return;
  has_swept = true;
  // What cannot be removed now is left to a later run; what is wrong shows at once in the start that follows.
  for (const { what } of await sweepHomes().catch(() => []))
    progress({ what: `removed what a killed run had left: ${what}`, stays: true });
}

async function launch(
  recipe: Recipe,
  found: Executable,
  options: LocalOptions,
): Promise<LocalServer> {
  const { settings, signal } = options;
  const home = await Home.make(recipe.kind, { tenant: recipe.tenant?.(), end: recipe.end, signal });
  try {
    const program = (await recipe.settle?.(found, home)) ?? found;
    const data = join(home.folder, "data");
    await mkdir(data, { mode: 0o700 });
    await fillFromTemplate(recipe, program, home, data, options);
    const secret = newSecret();
    options.progress({ what: `starting ${recipe.product} ${program.version}` });
    for (let attempt = 1; ; attempt++) {
      const spot = { home, data, program, settings, secret, port: await freePort() };
      const process = await run(recipe, spot);
      const refusal = await refused(recipe, spot, process);
      if (refusal === undefined) {
        home.outliveSignal();
        signal?.throwIfAborted();
        return running(recipe, spot, process);
      }
      const log = await readFile(home.log, "utf8").catch(() => "");
      if (attempt === port_tries || !/address already in use/i.test(log)) throw refusal;
    }
  } catch (error) {
    await home[Symbol.asyncDispose]();
    throw error;
  }
}

async function run(recipe: Recipe, spot: Spot): Promise<Resident> {
  await recipe.configure?.(spot);
  return spot.home.run([...spot.program.command, ...recipe.arguments(spot)], spot.program.env);
}

/**
 * Waits until this very process answers. One that is only slow is a limit of the machine: another program would be slow,
 * too.
 * @returns why it does not; undefined if it does
 */
async function refused(
  recipe: Recipe,
  spot: Spot,
  process: Resident,
): Promise<ServerUnavailable | undefined> {
  const expected = recipe.identity(spot, process.pid);
  const deadline = Date.now() + patience_ms;
  let last = "no answer";
  while (process.running() && Date.now() < deadline) {
    try {
      await recipe.lock?.(spot);
      const answer = await recipe.ask(recipe.url(spot.port, spot.secret));
      if (answer === expected && process.running()) return undefined;
      last = `another server answers at port ${spot.port} (${answer})`;
    } catch (error) {
      // It cannot be asked at all: a driver is missing.
      if (error instanceof ServerUnavailable) throw error;
      last = (error as Error).message;
    }
    await pause(20);
  }
  const { origin } = spot.program;
  if (process.running())
    return new MachineLimit(`${origin} did not answer within ${patience_ms / 1000} s: ${last}.`);
  const { signal } = await process.ended();
  const how = signal === "SIGKILL" ? `was ended by SIGKILL${memoryInWords()}` : "ended";
  return new ServerUnavailable(`${origin} ${how} at its start: ${await spot.home.lastWords()}.`);
}

function running(recipe: Recipe, spot: Spot, first: Resident): LocalServer {
  let process = first;
  return {
    kind: recipe.kind,
    source: "local",
    url: recipe.url(spot.port, spot.secret),
    origin: spot.program.origin,
    product: `${recipe.product} ${spot.program.version}`,
    get pid() {
      return process.pid;
    },
    get identity() {
      return recipe.identity(spot, process.pid);
    },
    async kill() {
      await process.signal("SIGKILL");
      await process.ended();
    },
    async stop() {
      const enough = setTimeout(() => void process.signal("SIGKILL"), stop_limit_ms);
      sendSignal(process.pid, recipe.stop ?? "SIGTERM");
      await process.ended();
      clearTimeout(enough);
    },
    async ending(withinMs) {
      const end = await Promise.race([process.ended(), pause(withinMs, undefined, { ref: false })]);
      if (end === undefined) return undefined;
      const { code, signal } = end;
      const by = signal === "SIGKILL" ? `SIGKILL${memoryInWords()}` : signal;
      const how = signal === null ? `ended with exit code ${code}` : `was ended by ${by}`;
      return `${how}; its log ends: ${(await spot.home.lastWords()) || "nothing is in it"}`;
    },
    pause: () => process.signal("SIGSTOP"),
    resume: () => process.signal("SIGCONT"),
    async start() {
      process = await run(recipe, spot);
      const refusal = await refused(recipe, spot, process);
      if (refusal !== undefined) throw refusal;
    },
    [Symbol.asyncDispose]: () => spot.home[Symbol.asyncDispose](),
  };
}
