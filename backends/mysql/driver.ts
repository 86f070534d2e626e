import type { EventEmitter } from "node:events";
import type { Duplex } from "node:stream";
import type { Connection } from "mysql2/promise";

/**
 * What the gate uses of mysql2's inside (3.x, `lib/base/connection.js` and `lib/commands/`). Everything that
 * a connection sends is a command that goes through `addCommand`; its `start` writes the request.
 */
export interface Core extends EventEmitter {
  readonly stream: Duplex;
  readonly threadId: number;
  /** The command whose answer is awaited; `_commands` are those behind it. */
  readonly _command: Command | null | undefined;
  readonly _commands: { get(index: number): Command | undefined };
  addCommand(command: Command): Command;
  /** Replaces `addCommand` once the connection was ended, destroyed or lost. */
  _addCommandClosedState(command: Command): Command;
  execute(...rest: unknown[]): Command;
  /** Goes on with the current command; without a packet, starts it. */
  handlePacket(): void;
  format(sql: string, values: unknown): string;
}

export interface Command extends EventEmitter {
  readonly sql?: string;
  readonly values?: unknown;
  /** The text of a `Prepare`. */
  readonly query?: string;
  readonly statement?: { readonly query: string };
  onResult?: ((error: unknown, ...rest: unknown[]) => void) | undefined;
  start: (...rest: unknown[]) => unknown;
  /** What to do with the next packet; null while the command is not started. */
  next: unknown;
}

export const coreOf = (connection: Connection): Core =>
  (connection as unknown as { connection: Core }).connection;

/** Whether the connection takes no more commands: the program ended or destroyed it, or it broke. */
export const isClosed = (core: Core): boolean => core.addCommand === core._addCommandClosedState;

/** `Query`, `Prepare`, `Execute`, `Quit`, … */
export const nameOf = (command: Command | null | undefined): string | undefined =>
  command?.constructor.name;
