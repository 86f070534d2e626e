/**
 * An app in the same process as the test: which client's request does a handler serve? The server calls it because
 * bytes came in, so its asynchronous context is that of nobody. But client and server are both here, and Node's
 * diagnostics channels tell of both: who begins a request, through which socket it goes, and, before the handler is
 * called, from which port it came. No library is touched, and no header is added: whatever asks (`fetch`, axios,
 * supertest) and whatever serves (Express, Fastify, Nest), the handler runs in the context of the client.
 *
 * HTTP/2 and servers in other processes are not told apart.
 */
import { subscribe } from "node:diagnostics_channel";
import type { EventEmitter } from "node:events";
import type { ClientRequest } from "node:http";
import type { Socket } from "node:net";
import { type Caller, callers } from "./caller.ts";

interface Served {
  readonly request: EventEmitter;
  readonly response: EventEmitter;
  readonly socket: Socket;
}

/** Requests of `fetch` that have no socket yet. */
const asked = new WeakMap<object, Caller | undefined>();
/** Who sent the last request, by the port of the socket that it went through. */
const by_port = new Map<number, Caller | undefined>();
let is_watching = false;

/** From here on, for good: a handler that serves nobody's request must be told so, too. */
export function watchHandlers(): void {
  if (is_watching) return;
  is_watching = true;
  subscribe("undici:request:create", (message) => {
    asked.set((message as { request: object }).request, callers.getStore());
  });
  subscribe("undici:client:sendHeaders", (message) => {
    const { request, socket } = message as { request: object; socket: Socket };
    goesThrough(socket, asked.get(request));
  });
  subscribe("http.client.request.start", (message) => {
    const { request } = message as { request: ClientRequest };
    const caller = callers.getStore();
    if (request.socket) goesThrough(request.socket, caller);
    else request.once("socket", (socket) => goesThrough(socket, caller));
  });
  subscribe("http.server.request.start", (message) => {
    const { request, response, socket } = message as Served;
    const caller = by_port.get(socket.remotePort ?? 0);
    callers.enterWith(caller);
    // The body comes later, in the context of the connection.
    for (const one of [request, response]) inContextOf(caller, one);
  });
}

function goesThrough(socket: Socket, caller: Caller | undefined): void {
  const { localPort } = socket;
  if (localPort === undefined) {
    socket.once("connect", () => goesThrough(socket, caller));
    return;
  }
  if (!by_port.has(localPort)) socket.once("close", () => by_port.delete(localPort));
  by_port.set(localPort, caller);
}

function inContextOf(caller: Caller | undefined, emitter: EventEmitter): void {
  const emit = emitter.emit.bind(emitter);
  emitter.emit = (...event) => callers.run(caller, () => emit(...event));
}
