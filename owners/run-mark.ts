/**
 * The mark of a run says which run made something, so that whoever finds it later knows whether that run is over.
 *
 * It stands in the names of databases, tables, nodes and folders, or in a key beside them:
 * `MACHINE BOOT _ PROCESS _ TICKS _ SECONDS`, all in base 36.
 *
 * - MACHINE: the user, the host, and the space in which process numbers are counted (a container has its own);
 * - BOOT: this start of the machine;
 * - PROCESS and TICKS: the process and when it began, in ticks since BOOT, as process numbers are used again;
 * - SECONDS: the same moment for people.
 *
 * A run is over only when all this is certain: the same machine in the same start, and no such process. If the
 * system does not tell (no /proc), the mark fits no machine, and what bears it is never removed.
 */
import { createHash, randomBytes } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

export interface Mark {
  /** The mark as it is written. */
  readonly text: string;
  readonly pid: number;
  readonly began: Date;
  /**
   * `lives` or `over`; `over by restart`: made on this machine before its last start, provided that no other machine
   * has the same names; `not ours`: made by another user or on another machine, and only there it is known.
   */
  readonly state: "lives" | "over" | "over by restart" | "not ours";
}

const form =
  /^(?<machine>[0-9a-z]{8})(?<boot>[0-9a-z]{6})_(?<pid>[0-9a-z]+)_(?<ticks>[0-9a-z]+)_(?<seconds>[0-9a-z]{6,7})/;

/** A new name for something that this process makes: its mark, and random characters that nobody can guess. */
export const newName = (): string =>
  `${own_mark}_${randomBytes(4).readUInt32BE().toString(36).padStart(7, "0")}`;

/** Reads the mark that a text begins with; undefined if there is none. */
export function readMark(text: string): Mark | undefined {
  const found = form.exec(text);
  if (found?.groups === undefined) return undefined;
  const { machine, boot, pid, ticks, seconds } = found.groups as Record<string, string>;
  const number = Number.parseInt(pid!, 36);
  return {
    text: found[0],
    pid: number,
    began: new Date(Number.parseInt(seconds!, 36) * 1000),
    get state() {
      if (machine !== own.machine) return "not ours";
      if (boot !== own.boot) return "over by restart";
      return ticksOf(number) === Number.parseInt(ticks!, 36) ? "lives" : "over";
    },
  };
}

interface Host {
  readonly machine: string;
  readonly boot: string;
}

const own: Host = ownHost();

/** The mark of this process. */
export const own_mark: string = markOf(process.pid);

function markOf(pid: number): string {
  const began_s = Math.round(Date.now() / 1000 - process.uptime());
  const numbers = [pid, ticksOf(pid) ?? 0, began_s].map((number) => number.toString(36));
  return [own.machine + own.boot, ...numbers].join("_");
}

function ownHost(): Host {
  try {
    // If /proc is that of another namespace, processes have other numbers there than they themselves know.
    if (readlinkSync("/proc/self") !== String(process.pid)) throw new Error("not our /proc");
    const who = [process.getuid?.(), hostname(), machineId(), readlinkSync("/proc/self/ns/pid")];
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return { machine: short(who.join(" "), 8), boot: short(boot, 6) };
  } catch {
    return { machine: short(randomBytes(16).toString("hex"), 8), boot: "000000" };
  }
}

function machineId(): string {
  try {
    return readFileSync("/etc/machine-id", "utf8").trim();
  } catch {
    return "";
  }
}

/** When a process began; undefined if no process has that number, or only one that has ended. */
function ticksOf(pid: number): number | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return undefined;
  }
  // The second field is the program's name in parentheses, which may hold anything.
  const [state, ...fields] = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return state === "Z" || state === "X" ? undefined : Number(fields[18]);
}

function short(text: string, length: number): string {
  const hash = BigInt(`0x${createHash("sha256").update(text).digest("hex")}`);
  return hash.toString(36).padStart(60, "0").slice(-length);
}
