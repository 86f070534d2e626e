/** What we need of node-zookeeper-client beyond its types. */
import type { Socket } from "node:net";
import type { Client, Exception, Stat } from "node-zookeeper-client";

/** node-zookeeper-client, loaded when it is first needed. */
export type Library = typeof import("node-zookeeper-client");

export interface Request {
  readonly header: { readonly type: number };
  readonly payload: {
    readonly path?: string;
    readonly flags?: number;
    readonly watch?: boolean;
    readonly data?: Buffer | null;
    readonly version?: number;
  } | null;
}

export interface Response {
  readonly payload: {
    readonly path?: string;
    readonly children?: readonly string[];
    readonly stat?: Stat;
    readonly data?: Buffer;
  } | null;
}

export type Answered = (error: Exception | null, response?: Response) => void;

/** The library's connection: every request goes through `queue`. */
export interface Manager {
  readonly socket: Socket;
  servers: readonly { readonly host: string; readonly port: number }[];
  readonly state: number;
  readonly pendingQueue: readonly unknown[];
  sessionId: Buffer;
  sessionPassword: Buffer;
  queue(request: Request, callback?: Answered): void;
  connect(): void;
  setState(state: number): void;
}

export const closed = -2;

export function managerOf(client: Client): Manager {
  return (client as unknown as { connectionManager: Manager }).connectionManager;
}
