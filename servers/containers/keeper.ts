/**
 * Before a container is started, a keeper is hired: a small shell process that reads from a pipe whose
 * other end node holds. When the pipe closes, however node ended (an orderly close, an exception, a signal,
 * kill -9), the keeper removes the containers that bear its label, with their volumes.
 *
 * Testcontainers has such a keeper too, but in a container of its own, whose image must come from a registry.
 */
import type { ChildProcess } from "node:child_process";
import { newName } from "../../owners/run-mark.ts";
import { release, watchdogWith } from "../watchdog.ts";

/**
 * $1 = the label. If node ends without writing a line, the daemon may still be creating a container:
 * then the keeper looks for it a while longer.
 */
const script = `
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

/** The label of all our containers; its value begins with the mark of the run. */
export const label = "raceproof";

export class Keeper implements AsyncDisposable {
  readonly labels: Readonly<Record<string, string>>;
  readonly #watchdog: ChildProcess;

  private constructor(run: string, watchdog: ChildProcess) {
    this.labels = { [label]: run };
    this.#watchdog = watchdog;
  }

  static async hire(): Promise<Keeper> {
    const run = newName();
    return new Keeper(run, await watchdogWith(script, `${label}=${run}`));
  }

  /** Removes the containers. Must not be called while one is being started. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#watchdog.stdin?.write("no start is under way\n");
    await release(this.#watchdog);
  }
}
