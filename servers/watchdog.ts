/**
 * The watchdog of a home: a small shell process that reads from a pipe whose other end node holds. When the
 * pipe closes, it ends the processes that live in the home and removes the home.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Socket } from "node:net";

/**
 * $1 = the home. $2 = the signal that asks its processes to end; after 3 s, those that still run are killed.
 * $3 = the home's file in the ledger.
 *
 * - Renaming the home first makes every start that is under way fail to sign in (`sign_in`). A Java that has signed in
 *   already makes its folder anew, with all those above: so the old name is removed, too, at the end.
 * - A process counts as ours only while its working folder is in the home: the system may have given its number to
 *   another process since, which must not be signalled.
 * - Each child of PostgreSQL has a process group of its own.
 * - A stopped process (SIGSTOP) does not act on a signal until it is continued.
 * - A killed PostgreSQL leaves shared memory in the system; line 7 of postmaster.pid ends with its number.
 * - If somebody else has removed the home, all processes are searched for those that still work in it.
 */
const script = `
trap '' HUP INT TERM QUIT
while read -r line; do :; done
home="$1"
gone="$home.gone"
mv -- "$home" "$gone" 2>/dev/null
lives() {
  case "$(readlink "/proc/$1/cwd")" in
    "$gone"|"$gone"/*|"$home (deleted)"|"$home"/*" (deleted)") return 0;;
    *) return 1;;
  esac
}
residents() {
  if [ -d "$gone/pids" ]; then ls "$gone/pids"; else ls /proc | grep '^[0-9]'; fi
}
signal_all() {
  some=1
  for pid in $(residents); do
    if lives "$pid"; then
      children=$(cat "/proc/$pid/task/$pid/children" 2>/dev/null)
      kill "-$1" -- "-$pid" 2>/dev/null || kill "-$1" "$pid"
      [ -z "$children" ] || kill "-$1" $children 2>/dev/null
      some=0
    fi
  done
  return $some
}
memory() {
  shared=$(sed -n '7s/.* //p' "$gone/data/postmaster.pid" 2>/dev/null)
  [ -z "$shared" ] || ipcrm -m "$shared" 2>/dev/null
  return 0
}
signal_all "$2"
signal_all CONT
tries=0
while [ $tries -lt 60 ] && signal_all 0; do tries=$((tries+1)); sleep 0.05; done
tries=0
until ! signal_all KILL && memory && rm -rf -- "$gone" "$home"; do
  tries=$((tries+1)); [ $tries -gt 100 ] && exit 1; sleep 0.05
done
rm -f -- "$3"
`;

/** A process signs in at its home ($0) before it becomes the program, so that it is known from its first moment. */
export const sign_in = ': > "$0/pids/$$" && exec "$@"';

/** PostgreSQL leaves shared memory in the system unless it is ended with QUIT. */
export type LastSignal = "KILL" | "QUIT";

/** Keeps watch over a folder that need not be there yet. */
export const watch = (folder: string, signal: LastSignal, entry: string): Promise<ChildProcess> =>
  watchdogWith(script, folder, signal, entry);

/** Starts a shell script that waits for node's end. It has a session of its own, so that Ctrl-C does not reach it. */
export async function watchdogWith(script: string, ...words: string[]): Promise<ChildProcess> {
  const watchdog = spawn("sh", ["-c", script, "raceproof", ...words], {
    cwd: "/",
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  await once(watchdog, "spawn");
  watchdog.unref();
  (watchdog.stdin as Socket).unref();
  return watchdog;
}

/** Makes the watchdog do its work now, and waits until it is done. */
export async function release(watchdog: ChildProcess): Promise<void> {
  if (watchdog.exitCode !== null || watchdog.signalCode !== null) return;
  watchdog.ref();
  const done = once(watchdog, "exit");
  watchdog.stdin?.end();
  await done;
}
