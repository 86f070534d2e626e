import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import type { Duplex } from "node:stream";

/** A port that copies bytes to and from a server, and reads nothing of them: the least that a door costs. */
export class CopyingPort implements AsyncDisposable {
  readonly port: number;
  readonly #listener: Server;

  private constructor(listener: Server) {
    this.port = (listener.address() as AddressInfo).port;
    this.#listener = listener;
  }

  static async open(connect: () => Duplex | Promise<Duplex>): Promise<CopyingPort> {
    const listener = createServer({ noDelay: true }, (client) => void copy(client, connect));
    await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
    return new CopyingPort(listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise((resolve) => this.#listener.close(resolve));
  }
}

async function copy(client: Socket, connect: () => Duplex | Promise<Duplex>): Promise<void> {
  client.pause();
  const server = await connect();
  client.on("data", (bytes: Buffer) => server.write(bytes));
  server.on("data", (bytes: Buffer) => client.write(bytes));
  client.on("close", () => server.destroy());
  server.on("close", () => client.destroy());
  client.resume();
}
