/**
 * Whose request is it, when several requests of one application share a pool? The one in whose asynchronous context
 * the bytes are written. And from which line of the user's code does it come? No driver is touched: Node's own sockets
 * are asked, while a door is open, who writes how much; the door knows the socket by its port.
 *
 * Right for whatever awaits its connection; a pool that calls back in the context of whoever gave a connection back
 * has to be told (`watchPool` does that for pg). Bytes that nobody of a schedule writes pass at once.
 */
import { Socket } from "node:net";
import type { Source } from "../../histories/source.ts";
import { type Caller, callers } from "../run/caller.ts";
import { sourceHere } from "../sources/trails.ts";

/** What one socket of the application has written and no door has taken yet, in its order. */
interface Written {
  readonly length: number;
  readonly caller: Caller | undefined;
  readonly source: Source | undefined;
}

/** A piece of what came through a door, and whose it is. */
export interface Piece {
  readonly bytes: Buffer;
  readonly caller: Caller | undefined;
  /** The line that it comes from, if that is followed and known. */
  readonly source: Source | undefined;
}

const ports = new Set<number>();
const written = new WeakMap<Socket, Written[]>();
/** Sockets to different doors may have the same port of their own. */
const by_ports = new Map<string, Written[]>();
const portsOf = (own: number, door: number): string => `${own} ${door}`;
const write: Socket["write"] = Reflect.get(Socket.prototype, "write");

/** Notes who writes to this door, until what it returns is called. */
export function watchWriters(port: number): () => void {
  if (ports.size === 0) Socket.prototype.write = noting as Socket["write"];
  ports.add(port);
  return () => {
    ports.delete(port);
    if (ports.size === 0 && Reflect.get(Socket.prototype, "write") === noting)
      Socket.prototype.write = write;
  };
}

function noting(this: Socket, ...said: Parameters<Socket["write"]>): boolean {
  const { remotePort, localPort, connecting } = this;
  if (connecting || (remotePort !== undefined && ports.has(remotePort))) {
    const [chunk, encoding] = said as [string | Uint8Array, unknown];
    const is_encoding = typeof encoding === "string";
    const length = Buffer.byteLength(chunk, is_encoding ? (encoding as BufferEncoding) : undefined);
    const mine = written.get(this) ?? [];
    written.set(this, mine);
    mine.push({ length, caller: callers.getStore(), source: sourceHere() });
    if (localPort !== undefined && remotePort !== undefined) {
      const both = portsOf(localPort, remotePort);
      if (by_ports.get(both) !== mine) {
        by_ports.set(both, mine);
        this.once("close", () => by_ports.delete(both));
      }
    }
  }
  return write.apply(this, said);
}

/**
 * Cuts what came through a door where its writers change.
 * @param socket the door's side of the connection
 */
export function piecesOf({ remotePort, localPort }: Socket, bytes: Buffer): Piece[] {
  const is_open = remotePort !== undefined && localPort !== undefined;
  const all = (is_open ? by_ports.get(portsOf(remotePort, localPort)) : undefined) ?? [];
  const pieces: Piece[] = [];
  let rest = bytes;
  while (rest.length > 0) {
    const first = all.shift();
    const length = Math.min(first?.length ?? rest.length, rest.length);
    if (first && first.length > length) all.unshift({ ...first, length: first.length - length });
    pieces.push({
      bytes: rest.subarray(0, length),
      caller: first?.caller,
      source: first?.source,
    });
    rest = rest.subarray(length);
  }
  return pieces;
}
