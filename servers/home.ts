/**
 * A home: a private folder and the processes that live in it. However node ends (normally, by an exception,
 * `process.exit`, a signal, kill -9), a watchdog then ends the processes and removes the folder.
 * An orderly close leaves this to the watchdog, too.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync, rmSync } from "node:fs";
import { chown, lchown, mkdir, open, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cleanEnv } from "./clean-env.ts";
import { enter } from "./ledger.ts";
import { isFull, temporary } from "./room.ts";
import { type LastSignal, release, sign_in, watch } from "./watchdog.ts";

/** The user as which the processes of a home run, if it is not our own. */
export interface Tenant {
  readonly uid: number;
  readonly gid: number;
}

export interface HomeOptions {
  /** Where the folder is made; the system's temporary folder unless given. */
  readonly parent?: string;
  readonly tenant?: Tenant | undefined;
  /** The signal that ends its processes. */
  readonly end?: LastSignal;
  /** Closes the home, until `outliveSignal` is called. */
  readonly signal?: AbortSignal | undefined;
}

interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process that lives in a home. */
export interface Resident {
  readonly pid: number;
  /** Waits until the process has ended, and keeps node alive meanwhile. */
  ended(): Promise<Ending>;
  running(): boolean;
  /** Sends a signal to the process and to all that it started. */
  signal(name: NodeJS.Signals): Promise<void>;
}

export class Home implements AsyncDisposable {
  readonly folder: string;
  /** The name of the folder. It is random, so what is named after it can only be ours. */
  readonly name: string;
  readonly #tenant: Tenant | undefined;
  readonly #watchdog: ChildProcess;
  /** Starts another watchdog. */
  readonly #hire: () => Promise<ChildProcess>;
  #outlive = (): void => {};

  private constructor(
    folder: string,
    name: string,
    tenant: Tenant | undefined,
    watchdog: ChildProcess,
    hire: () => Promise<ChildProcess>,
  ) {
    this.folder = folder;
    this.name = name;
    this.#tenant = tenant;
    this.#watchdog = watchdog;
    this.#hire = hire;
  }

  /** A new home, empty, open to its tenant only. @throws the system's error when no folder can be made. */
  static async make(purpose: string, options: HomeOptions): Promise<Home> {
    options.signal?.throwIfAborted();
    const parent = options.parent ?? (await temporary(options.tenant !== undefined));
    const name = `raceproof_${purpose}_${randomBytes(8).toString("hex")}`;
    const folder = join(parent, name);
    const end = options.end ?? "KILL";
    const entry = await enter(name, folder, end);
    const hire = (): Promise<ChildProcess> => watch(folder, end, entry);
    const home = new Home(folder, name, options.tenant, await hire(), hire);
    try {
      await mkdir(parent, { recursive: true });
      await mkdir(folder, { mode: 0o700 });
      await mkdir(join(folder, "pids"));
      await home.handOver();
      // Not before there is a folder: a watchdog that is let go finds none, and ends, and the folder is made after it.
      options.signal?.throwIfAborted();
      const close = (): void => void home[Symbol.asyncDispose]();
      options.signal?.addEventListener("abort", close);
      home.#outlive = () => options.signal?.removeEventListener("abort", close);
      return home;
    } catch (error) {
      await home[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** From now on the signal given to `make` does not close this home: somebody works with its processes. */
  outliveSignal(): void {
    this.#outlive();
  }

  /** Makes the tenant the owner of everything in the folder. */
  async handOver(): Promise<void> {
    if (this.#tenant === undefined) return;
    const { uid, gid } = this.#tenant;
    await chown(this.folder, uid, gid);
    for (const entry of await readdir(this.folder, { recursive: true })) {
      await lchown(join(this.folder, entry), uid, gid);
    }
  }

  /** Writes a file that only the tenant can read. @returns its path */
  async write(name: string, text: string | Buffer): Promise<string> {
    const file = join(this.folder, name);
    await writeFile(file, text, { mode: 0o600 });
    if (this.#tenant !== undefined) await chown(file, this.#tenant.uid, this.#tenant.gid);
    return file;
  }

  /** Runs a program here to its end. @throws Error with its last words if it fails. */
  async finish(argv: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<void> {
    const resident = await this.run(argv, env);
    const { code, signal } = await resident.ended();
    if (code !== 0)
      throw new Error(`${argv[0]} ended with ${signal ?? code}: ${await this.lastWords()}`);
  }

  /**
   * Starts a program here; what it prints goes to `log`. It does not keep node alive. Its temporary files stay
   * here, too: a MariaDB that starts deletes those of others in the same temporary folder.
   */
  async run(
    argv: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<Resident> {
    const log = await open(this.log, "a");
    const child = spawn("sh", ["-c", sign_in, this.folder, ...argv], {
      cwd: this.folder,
      detached: true,
      env: { ...cleanEnv(this.folder), ...env },
      stdio: ["ignore", log.fd, log.fd],
      ...this.#tenant,
    });
    const ended = new Promise<Ending>((resolve) => {
      child.once("exit", (code, signal) => {
        rmSync(join(this.folder, "pids", String(child.pid)), { force: true });
        resolve({ code, signal });
      });
    });
    await Promise.all([once(child, "spawn"), log.close()]);
    child.unref();
    return resident(child, ended);
  }

  get log(): string {
    return join(this.folder, "log");
  }

  /** The last lines that the programs of this home printed, on one line. */
  async lastWords(lines = 3): Promise<string> {
    const text = await readFile(this.log, "utf8").catch(() => "");
    if (text === "" && (await isFull(this.folder))) return "No space left on device";
    return text.trim().split("\n").slice(-lines).join(" / ").slice(-600);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await release(this.#watchdog);
    // The watchdog was killed (out of memory, say) before it had closed this home, or somebody who copied a folder into
    // it has made it anew: another one does it.
    if (this.#watchdog.signalCode !== null || existsSync(this.folder))
      await release(await this.#hire());
  }
}

/**
 * Signals a process and its descendants, parents first: a stopped parent starts no more children. A signal to the
 * process group would not do, as PostgreSQL's processes are not in one group.
 */
async function signalFamily(pid: number, name: NodeJS.Signals): Promise<void> {
  const children = `/proc/${pid}/task/${pid}/children`;
  const before = await readFile(children, "utf8").catch(() => "");
  try {
    process.kill(pid, name);
  } catch {
    return; // It has ended meanwhile.
  }
  const after = await readFile(children, "utf8").catch(() => "");
  const all = new Set(`${before} ${after}`.split(/\s+/).filter(Boolean).map(Number));
  for (const child of all) await signalFamily(child, name);
}

function resident(child: ChildProcess, ended: Promise<Ending>): Resident {
  const pid = child.pid as number;
  const running = (): boolean => child.exitCode === null && child.signalCode === null;
  return {
    pid,
    ended: () => {
      if (running()) child.ref();
      return ended;
    },
    running,
    signal: async (name) => {
      if (running()) await signalFamily(pid, name);
    },
  };
}
