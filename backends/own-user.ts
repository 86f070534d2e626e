/**
 * Whose process it is that connects to a port of ours on loopback. A server that asks for no password trusts this
 * user's address, socket or certificate; through a door, everybody on the machine would have that trust.
 */
import { existsSync, readFileSync } from "node:fs";
import type { Socket } from "node:net";
import type { DoorTarget } from "./door-target.ts";

/** Whether the system says whose a connection is. */
export const tellsOwners = (): boolean => existsSync(`/proc/self/net/tcp`);

/**
 * Whether a process of this user, or of root, holds the other end. True, too, where the system does not say: only Linux
 * has this table.
 */
export function isOfOwnUser({ localPort, remotePort }: Socket): boolean {
  const all = ["tcp", "tcp6"].flatMap(connectionsIn);
  if (!all.some(({ near }) => near === localPort)) return true;
  const other = all.find(({ near, far }) => near === remotePort && far === localPort);
  // What has been closed already belongs to nobody any more, and the table then says root.
  if (other === undefined || other.inode === "0") return false;
  return other.uid === 0 || other.uid === process.getuid?.();
}

interface Connection {
  /** The ports of this end and of the other one. */
  readonly near: number;
  readonly far: number;
  readonly uid: number;
  readonly inode: string;
}

function connectionsIn(table: string): Connection[] {
  let text: string;
  try {
    text = readFileSync(`/proc/self/net/${table}`, "latin1");
  } catch {
    return [];
  }
  const port = (address = ""): number =>
    Number.parseInt(address.slice(address.lastIndexOf(":") + 1), 16);
  return text
    .trimEnd()
    .split("\n")
    .slice(1)
    .map((line) => {
      const [, near, far, , , , , uid, , inode = ""] = line.trim().split(/\s+/);
      return { near: port(near), far: port(far), uid: Number(uid), inode };
    });
}

/** Whether a port that leads to a server must let in nobody but this user. */
export const isForOwnUserOnly = (target: DoorTarget): boolean =>
  target.logs_in ?? asksForNothing(target.address().url);

/** Whether whoever reaches a server needs nothing that is in its URL. */
function asksForNothing(url: string): boolean {
  if (!URL.canParse(url)) return true;
  const { protocol, password, pathname, searchParams } = new URL(url);
  // The secret of a DynamoDB Local of ours is the path of its URL.
  if (protocol.startsWith("http")) return pathname.length < 2;
  return password === "" && !searchParams.get("password");
}
