/**
 * A server that wants encryption, for a client that speaks without it
 * (https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase.html). The server greets in the
 * clear. Who wants encryption answers with the first half of its log-in, encrypts the connection, and only then sends the
 * whole log-in. So until the log-in is over, the server has seen one packet more than our client has sent, and the
 * numbers of the packets differ by one.
 *
 * A password is never seen here: the client proves that it knows it. With `caching_sha2_password` a server may ask for
 * the password itself, once after its start; it has asked us by then, when we logged in with the same account.
 */
import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { type ConnectionOptions, connect as connectTls } from "node:tls";
import { heard } from "../heard.ts";
import { capability, head_bytes, packet, packets } from "./wire-packets.ts";

/** What a client sends before it encrypts: capabilities, the longest packet, the character set, and nothing more. */
const request_bytes = 32;
/** First bytes of the server's packets. */
const [ok, more_data, ask_for_password] = [0x00, 0x01, 0x04];

/** Both ends of the connection as they look to a client that knows nothing of encryption. */
export class EncryptedLogIn extends Duplex {
  readonly #tls: ConnectionOptions;
  readonly #from_server = packets();
  readonly #from_client = packets();
  #server: Socket;
  #phase: "greeting" | "answer" | "log-in" | "over" = "greeting";

  /** @param server connected, and not yet greeted */
  constructor(server: Socket, tls: ConnectionOptions) {
    super();
    this.#tls = tls;
    this.#server = server;
    this.#listen(server);
  }

  get #is_over(): boolean {
    return this.#phase === "over";
  }

  override _read(): void {
    this.#server.resume();
  }

  override _write(bytes: Buffer, _encoding: unknown, done: (error?: Error | null) => void): void {
    if (this.#is_over) this.#server.write(bytes, done);
    else this.#logIn(bytes).then(() => done(), done);
  }

  override _final(done: () => void): void {
    this.#server.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#server.destroy();
    done(error);
  }

  #listen(server: Socket): void {
    server.on("data", (bytes: Buffer) => this.#fromServer(bytes));
    server.on("end", () => this.push(null));
    server.on("error", (error) => this.destroy(error));
    server.on("close", () => this.destroy());
  }

  async #logIn(bytes: Buffer): Promise<void> {
    for (const from_client of this.#from_client.take(bytes).frames) {
      const sent = Buffer.from(from_client);
      if (this.#phase === "answer") {
        const wanted = sent.readUInt32LE(head_bytes) | capability.ssl;
        sent.writeUInt32LE(wanted >>> 0, head_bytes);
        await this.#encrypt(sent.subarray(head_bytes, head_bytes + request_bytes));
        this.#phase = "log-in";
      }
      sent[3]!++;
      this.#server.write(sent);
    }
  }

  async #encrypt(request: Buffer): Promise<void> {
    const plain = this.#server;
    for (const event of ["data", "end", "error", "close"]) plain.removeAllListeners(event);
    plain.write(packet(1, request));
    const secure = connectTls({ ...this.#tls, socket: plain });
    await heard(secure, "secureConnect");
    this.#server = secure;
    this.#listen(secure);
  }

  #fromServer(bytes: Buffer): void {
    if (this.#is_over || this.#phase === "answer") return this.#toClient(bytes);
    for (const from_server of this.#from_server.take(bytes).frames) this.#fromLogIn(from_server);
    if (this.#is_over) this.#toClient(this.#from_server.clear());
  }

  #fromLogIn(from_server: Buffer): void {
    if (this.#phase !== "log-in") {
      this.#phase = "answer";
      return this.#toClient(from_server);
    }
    const [first, second] = from_server.subarray(head_bytes);
    if (first === more_data && second === ask_for_password) return this.#refuse(from_server[3]!);
    if (first === ok) this.#phase = "over";
    const received = Buffer.from(from_server);
    received[3]!--;
    this.#toClient(received);
  }

  /** The client would ask for a key, and the server would take that for the password. */
  #refuse(number: number): void {
    const text =
      "The server asks for the password itself, which a door does not know: log in once with this account and " +
      "encryption, so that the server remembers it.";
    const body = Buffer.concat([Buffer.from([0xff, 0x15, 0x04]), Buffer.from(`#28000${text}`)]);
    this.#toClient(packet(number - 1, body));
    this.push(null);
  }

  #toClient(bytes: Buffer): void {
    if (bytes.length > 0 && !this.push(bytes)) this.#server.pause();
  }
}
