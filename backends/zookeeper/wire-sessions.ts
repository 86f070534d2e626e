/**
 * The sessions that clients have opened through doors. A session outlives its connection: until it is closed or has timed
 * out, its ephemeral nodes stay, and whoever shows its number and password goes on with it.
 */
import type { Identity } from "./connect.ts";
import { isEphemeral, type Told } from "./step.ts";
import { type Call, close_session, type Part } from "./wire-requests.ts";

export class ZookeeperSessionState {
  /** Its number here; the server's own has 64 bits. */
  readonly number: number;
  readonly identity: Identity;
  /** Its ephemeral nodes, as far as they are known. */
  readonly ephemeral: Set<string> = new Set();
  /** The nodes that it watches once, and those whose children it watches; those that it watches until it ends. */
  readonly watched: Readonly<Record<NonNullable<Part["watches"]>, Set<string>>> = {
    node: new Set(),
    children: new Set(),
    "for good": new Set(),
  };
  is_over = false;

  constructor(number: number, identity: Identity) {
    this.number = number;
    this.identity = identity;
  }

  /** Something of it may be left at the server, or may still come from there. */
  get leaves_something(): boolean {
    return !this.is_over && this.ephemeral.size + this.watched_paths.length > 0;
  }

  get watched_paths(): readonly string[] {
    const { node, children, "for good": for_good } = this.watched;
    return [...node, ...children, ...for_good];
  }

  /** Watches begin with the request, even if its reply has not come. */
  watches(parts: readonly Part[]): void {
    for (const { path, watches } of parts)
      if (watches && path !== undefined) this.watched[watches].add(path);
  }

  /** The server refused the request. */
  doesNotWatch(parts: readonly Part[]): void {
    for (const { path, watches } of parts)
      if (watches && path !== undefined) this.watched[watches].delete(path);
  }

  /** The server has done this. */
  did({ type, parts }: Call, told: readonly Told[]): void {
    this.is_over ||= type === close_session;
    for (const [i, { operation, path = "", mode }] of parts.entries()) {
      if (operation === "create" && isEphemeral(mode)) this.ephemeral.add(told[i]?.path ?? path);
      if (operation === "delete") this.ephemeral.delete(path);
    }
  }

  /** An event has come: a watch that waits for it once is over. */
  heard(event: number, path: string): void {
    if (event !== children_changed) this.watched.node.delete(path);
    if (event === children_changed || event === deleted) this.watched.children.delete(path);
  }
}

const deleted = 2;
const children_changed = 4;

/** All of them that were opened through the doors to one database. */
export class ZookeeperSessions {
  readonly #by_id = new Map<string, ZookeeperSessionState>();
  readonly #by_number = new Map<number, ZookeeperSessionState>();

  /** Opened, or taken up again on another connection. */
  opened(sessionId: Buffer, sessionPassword: Buffer): ZookeeperSessionState {
    const id = sessionId.toString("hex");
    const known = this.#by_id.get(id);
    if (known) return known;
    // Frames are parts of larger buffers, which are not kept.
    const identity = {
      sessionId: Buffer.from(sessionId),
      sessionPassword: Buffer.from(sessionPassword),
    };
    const state = new ZookeeperSessionState(this.#by_number.size + 1, identity);
    this.#by_id.set(id, state);
    this.#by_number.set(state.number, state);
    return state;
  }

  /** Those of these numbers that are not known to be over. */
  living(numbers: readonly number[]): ZookeeperSessionState[] {
    return numbers.flatMap((number) => {
      const state = this.#by_number.get(number);
      return state === undefined || state.is_over ? [] : [state];
    });
  }
}
