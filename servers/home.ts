/**
 * A home: a private folder and the processes that live in it. When node is gone, however it went
 * (end, exception, `process.exit`, a signal, kill -9), neither a process nor the folder stays.
 *
 * A small shell process, the watchdog, holds the other end of a pipe from node. At end of file it
 * ends whoever lives in the home and removes it. An orderly close is the same way: close the pipe
 * and wait for the watchdog.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { chown, lchown, mkdir, open, readdir, readFile, realpath } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * $1 = home, $2 = the signal to ask with. Renaming the home first makes every start that is under way
 * fail to sign in. A process counts as ours only while its working folder is in the home, so a number
 * that the system has given to someone else since is never signalled.
 */
const watchdog = `
trap '' HUP INT TERM QUIT
while read -r line; do :; done
gone="$1.gone"
mv -- "$1" "$gone" 2>/dev/null || exit 0
lives() { case "$(readlink "/proc/$1/cwd")" in "$gone"|"$gone"/*) return 0;; *) return 1;; esac; }
signal_all() {
  some=1
  for file in "$gone"/pids/*; do
    pid=\${file##*/}
    if lives "$pid"; then kill "-$1" -- "-$pid" 2>/dev/null || kill "-$1" "$pid"; some=0; fi
  done
  return $some
}
signal_all "$2"
tries=0
while [ $tries -lt 60 ] && signal_all 0; do tries=$((tries+1)); sleep 0.05; done
tries=0
until ! signal_all KILL && rm -rf -- "$gone"; do
  tries=$((tries+1)); [ $tries -gt 100 ] && exit 1; sleep 0.05
done
`;

/** A process signs in before it becomes the program, so that the watchdog knows it from the first moment. */
const sign_in = ': > "$0/pids/$$" && exec "$@"';

/** Whom the processes of a home run as, when it is not the user who runs us. */
export interface Tenant {
  readonly uid: number;
  readonly gid: number;
}

export interface HomeOptions {
  /** Where the folder is made; the system's temporary folder unless given. */
  readonly parent?: string;
  readonly tenant?: Tenant | undefined;
  /** Signal that ends the processes (KILL follows after 3 s); PostgreSQL tidies up at QUIT. */
  readonly signal?: "KILL" | "QUIT" | "TERM";
}

interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process that lives in a home. */
export interface Resident {
  readonly pid: number;
  /** Waits until the process has ended; node stays alive for it. */
  ended(): Promise<Ending>;
  running(): boolean;
  /** Sends a signal to the process and those it started. */
  signal(name: NodeJS.Signals): void;
}

export class Home implements AsyncDisposable {
  readonly folder: string;
  /** Random, and part of the folder's name: what is named after it is ours and nobody else's. */
  readonly name: string;
  readonly #tenant: Tenant | undefined;
  readonly #watchdog: ChildProcess;

  private constructor(folder: string, name: string, options: HomeOptions) {
    this.folder = folder;
    this.name = name;
    this.#tenant = options.tenant;
    this.#watchdog = spawn("sh", ["-c", watchdog, "raceproof", folder, options.signal ?? "KILL"], {
      cwd: "/",
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
    });
    this.#watchdog.unref();
    (this.#watchdog.stdin as unknown as { unref(): void }).unref();
  }

  /** A new home, empty, readable by its tenant only. */
  static async make(purpose: string, options: HomeOptions = {}): Promise<Home> {
    const parent = options.parent ?? (await realpath(tmpdir()));
    const name = `raceproof_${purpose}_${randomBytes(8).toString("hex")}`;
    const folder = join(parent, name);
    await mkdir(parent, { recursive: true });
    await mkdir(folder, { mode: 0o700 });
    const home = new Home(folder, name, options);
    await mkdir(join(folder, "pids"));
    if (options.tenant !== undefined) await home.handOver();
    return home;
  }

  /** What we have put here belongs to the tenant. */
  async handOver(): Promise<void> {
    if (this.#tenant === undefined) return;
    const { uid, gid } = this.#tenant;
    await chown(this.folder, uid, gid);
    for (const entry of await readdir(this.folder, { recursive: true })) {
      await lchown(join(this.folder, entry), uid, gid);
    }
  }

  /** Runs a program here to its end. @throws Error with its last words if it fails. */
  async finish(argv: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<void> {
    const resident = await this.run(argv, env);
    const { code, signal } = await resident.ended();
    if (code !== 0)
      throw new Error(`${argv[0]} ended with ${signal ?? code}: ${await this.lastWords()}`);
  }

  /** Starts a program here; what it prints goes to `log`. Node does not wait for it at its end. */
  async run(
    argv: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<Resident> {
    const log = await open(this.log, "a");
    const child = spawn("sh", ["-c", sign_in, this.folder, ...argv], {
      cwd: this.folder,
      detached: true,
      env: { ...process.env, ...env },
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
    return text.trim().split("\n").slice(-lines).join(" / ").slice(-600);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { exitCode, signalCode } = this.#watchdog;
    if (exitCode !== null || signalCode !== null) return;
    this.#watchdog.ref();
    const closed = once(this.#watchdog, "exit");
    this.#watchdog.stdin?.end();
    await closed;
  }
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
    signal: (name) => {
      if (running()) process.kill(-pid, name);
    },
  };
}
