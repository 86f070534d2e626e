/**
 * Processes of the program under test. Each has a process group of its own and carries a mark in its environment. None
 * of them outlives us, whatever happens: a watchdog kills the groups that are left, and every process with the mark.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import type { Readable } from "node:stream";
import { release, watchdogWith } from "../servers/watchdog.ts";
import type { Survivable } from "./survivors.ts";

const mark_variable = "RACEPROOF_MARK";
/** A process that writes more than this to standard output is ended; of standard error only the end is kept. */
const output_max_chars = 2 ** 20;
const error_kept_chars = 2 ** 14;
/** A child that left the group may still hold the pipes of a process that has ended. */
const pipes_limit_ms = 500;

/** $1 = the mark. A line `+ 12` says that group 12 began, `- 12` that it ended. */
const script = `
trap '' HUP INT TERM QUIT
groups=" "
while read -r sign group; do
  case "$sign" in
    +) groups="$groups$group ";;
    -) groups="\${groups%% $group *} \${groups#* $group }";;
  esac
done
for group in $groups; do kill -KILL -- "-$group" 2>/dev/null; done
tries=0
while [ $tries -lt 100 ]; do
  left=$(grep -lsF "${mark_variable}=$1" /proc/[0-9]*/environ | cut -d/ -f3)
  [ -n "$left" ] || break
  kill -KILL $left 2>/dev/null
  tries=$((tries+1)); sleep 0.02
done
`;

/** What to run, and in which environment. */
export interface Launch {
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** It is a server, which may write as much as it likes: only the end of it is kept. */
  readonly stays?: boolean;
  /** Waits for those that it has left when it has ended by itself. */
  readonly lingers?: (ended: Survivable) => Promise<void>;
}

/** How a process ended, and what it had said by then. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** It printed too much, and was ended for that reason. */
  readonly said_too_much: boolean;
  /** It could not be started. */
  readonly not_started?: NodeJS.ErrnoException;
}

export class Processes implements AsyncDisposable {
  readonly #mark: string;
  readonly #watchdog: ChildProcess;
  readonly #running = new Set<RunningProcess>();
  #started = 0;

  private constructor(mark: string, watchdog: ChildProcess) {
    this.#mark = mark;
    this.#watchdog = watchdog;
  }

  /** @param signal ends all processes */
  static async open(signal: AbortSignal): Promise<Processes> {
    const mark = randomBytes(12).toString("hex");
    const processes = new Processes(mark, await watchdogWith(script, mark));
    signal.addEventListener("abort", () => processes.#killAll());
    return processes;
  }

  start({ argv, environment, stays = false, lingers }: Launch): RunningProcess {
    const mark = `${this.#mark}.${++this.#started}`;
    const env = { ...process.env, ...environment, [mark_variable]: mark };
    const [command = "", ...rest] = argv;
    const child = spawn(command, rest, {
      env,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const { pid } = child;
    const entry = `${mark_variable}=${mark}`;
    const linger = async (): Promise<void> => {
      if (pid !== undefined) await lingers?.({ pid, entry });
    };
    const running = new RunningProcess(child, stays, linger);
    if (pid !== undefined) {
      this.#watchdog.stdin?.write(`+ ${pid}\n`);
      this.#running.add(running);
    }
    void running.ended.then(() => {
      if (pid !== undefined) this.#watchdog.stdin?.write(`- ${pid}\n`);
      this.#running.delete(running);
    });
    return running;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#killAll();
    await Promise.all([...this.#running].map(({ ended }) => ended));
    await release(this.#watchdog);
  }

  #killAll(): void {
    for (const running of this.#running) running.kill();
  }
}

export class RunningProcess {
  readonly ended: Promise<ProcessEnd>;
  readonly #child: ChildProcess;
  readonly #linger: () => Promise<void>;
  #said_too_much = false;
  #is_killed = false;
  #stdout = "";
  #stderr = "";

  constructor(child: ChildProcess, stays: boolean, linger: () => Promise<void>) {
    this.#child = child;
    this.#linger = linger;
    this.ended = this.#end();
    readText(child.stdout, (text) => {
      this.#stdout += text;
      if (stays) this.#stdout = this.#stdout.slice(-error_kept_chars);
      if (this.#stdout.length <= output_max_chars) return;
      this.#stdout = this.#stdout.slice(0, output_max_chars);
      this.#said_too_much = true;
      this.kill();
    });
    readText(child.stderr, (text) => {
      this.#stderr = (this.#stderr + text).slice(-error_kept_chars);
    });
  }

  /** What the process has printed so far. */
  get said(): Pick<ProcessEnd, "stdout" | "stderr"> {
    return { stdout: this.#stdout, stderr: this.#stderr };
  }

  /** From here on, `said` is only what it prints from now on. */
  forget(): void {
    this.#stdout = "";
    this.#stderr = "";
  }

  /** Ends the process and everything in its group. */
  kill(): void {
    this.#is_killed = true;
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, "SIGKILL");
    } catch {
      // They have ended already.
    }
  }

  #end(): Promise<ProcessEnd> {
    const child = this.#child;
    return new Promise((resolve) => {
      const end = (
        code: number | null,
        signal: NodeJS.Signals | null,
        more: Partial<ProcessEnd> = {},
      ): void =>
        resolve({ code, signal, ...this.said, said_too_much: this.#said_too_much, ...more });
      child.once("error", (error: NodeJS.ErrnoException) =>
        end(null, null, { not_started: error }),
      );
      child.once("exit", (code, signal) => {
        void this.#afterExit().then(() => end(code, signal));
      });
    });
  }

  async #afterExit(): Promise<void> {
    const { stdout, stderr } = this.#child;
    const closed = new Promise<void>((resolve) => this.#child.once("close", () => resolve()));
    if (!this.#is_killed) await this.#linger();
    // Ends what the process started and left in its group.
    this.kill();
    const enough = setTimeout(() => {
      stdout?.destroy();
      stderr?.destroy();
    }, pipes_limit_ms);
    await closed;
    clearTimeout(enough);
  }
}

function readText(stream: Readable | null, take: (text: string) => void): void {
  stream?.setEncoding("utf8");
  stream?.on("data", take);
  stream?.on("error", () => undefined);
}
