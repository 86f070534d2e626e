/**
 * Whoever starts a container hires a keeper first: a small shell process that holds the other end of a
 * pipe from node. At end of file, however node came to it (an orderly close, an exception, a signal,
 * kill -9), it removes the containers that bear its label, with their volumes.
 *
 * Testcontainers has such a keeper too, but in a container of its own, whose image must come from a registry.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";

/**
 * $1 = the label. A node that goes without a word may have left a container under way in the daemon:
 * then the keeper looks out for it a while longer.
 */
const watch = `
trap '' HUP INT TERM QUIT
sure=
while read -r line; do sure=yes; done
tries=0
while [ $tries -lt 100 ]; do
  tries=$((tries+1))
  if found=$(docker ps -aq --filter "label=$1"); then
    if [ -z "$found" ]; then [ $tries -gt 40 ] && sure=yes; else docker rm -f -v $found || sure=; fi
    [ -n "$sure" ] && exit 0
  fi
  sleep 0.1
done
exit 1
`;

/** The label of all our containers; its value tells the runs apart. */
const label = "raceproof";

export class Keeper implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly labels: Readonly<Record<string, string>>;

  constructor() {
    const run = randomBytes(8).toString("hex");
    this.labels = { [label]: run };
    this.#process = spawn("sh", ["-c", watch, "raceproof", `${label}=${run}`], {
      cwd: "/",
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
    });
    this.#process.unref();
    (this.#process.stdin as unknown as { unref(): void }).unref();
  }

  /** Removes the containers; not while one is being started. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    this.#process.ref();
    const gone = once(this.#process, "exit");
    this.#process.stdin?.end("no start is under way\n");
    await gone;
  }
}
