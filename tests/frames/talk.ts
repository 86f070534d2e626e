/**
 * One connection through a real door, with a client and a server that only write what they are told. Both write down
 * every byte that arrives, so that in the end both ends can be compared.
 */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { open_gate } from "../../backends/backend.ts";
import type { Wire } from "../../backends/wire.ts";
import { Door } from "../../schedules/doors/door.ts";

/** A socket, and all that has come from it. */
export class Ear {
  readonly socket: Socket;
  readonly closed: Promise<unknown>;
  #pieces: Buffer[] = [];
  #length = 0;
  #wanted: { readonly length: number; readonly resolve: () => void } | undefined;

  constructor(socket: Socket) {
    this.socket = socket;
    this.closed = new Promise((resolve) => socket.once("close", resolve));
    socket.on("error", () => socket.destroy());
    socket.on("data", (bytes) => {
      this.#pieces.push(bytes);
      this.#length += bytes.length;
      if (this.#wanted && this.#length >= this.#wanted.length) this.#wanted.resolve();
    });
  }

  get heard(): Buffer {
    return Buffer.concat(this.#pieces);
  }

  /** Resolves once so many bytes have come in all. */
  async hears(length: number): Promise<void> {
    if (this.#length >= length) return;
    await new Promise<void>((resolve) => {
      this.#wanted = { length, resolve };
    });
    this.#wanted = undefined;
  }

  say(pieces: readonly Buffer[]): void {
    for (const piece of pieces) if (this.socket.writable) this.socket.write(piece);
  }
}

/** A door to a server that says nothing by itself. */
export class Corridor implements AsyncDisposable {
  readonly #door: Door;
  readonly #listener: Server;

  private constructor(door: Door, listener: Server) {
    this.#door = door;
    this.#listener = listener;
  }

  static async open(wire: Wire): Promise<Corridor> {
    const listener = createServer({ noDelay: true }).listen(0, "127.0.0.1");
    await once(listener, "listening");
    const { port } = listener.address() as AddressInfo;
    const door = await Door.open({
      wire,
      gate: open_gate,
      // A statement that is taken apart is two more on the wire, so the ends could not be compared.
      splits: false,
      async connect() {
        const socket = connect({ port, host: "127.0.0.1", noDelay: true });
        await once(socket, "connect");
        return socket;
      },
      terminate: async () => undefined,
      gone: async () => undefined,
    });
    return new Corridor(door, listener);
  }

  /** A new connection, by its two ends. */
  async meet(): Promise<{ client: Ear; server: Ear }> {
    const arrived = once(this.#listener, "connection");
    const socket = connect({ port: this.#door.port, host: "127.0.0.1", noDelay: true });
    const client = new Ear(socket);
    const [accepted] = (await arrived) as [Socket];
    return { client, server: new Ear(accepted) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#door[Symbol.asyncDispose]();
    await new Promise((resolve) => this.#listener.close(resolve));
  }
}
