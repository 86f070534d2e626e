import type { Speaker } from "../backends/speaker.ts";
import type { ServerKind } from "../servers/server.ts";
import { speakTo } from "./database.ts";
import type { Database } from "./environment.ts";

/** Speaks to the databases of a program, for set-up and checks. A connection is made when it is first needed. */
export class Speakers implements AsyncDisposable {
  readonly #databases: readonly Database[];
  readonly #open = new Map<ServerKind, Promise<Speaker>>();

  constructor(databases: readonly Database[]) {
    this.#databases = databases;
  }

  /** @throws whatever the server says */
  to(kind: ServerKind): Promise<Speaker> {
    const known = this.#open.get(kind);
    if (known) return known;
    const { address } = this.#databases.find((database) => database.kind === kind)!;
    const speaker = speakTo(kind, address.url);
    this.#open.set(kind, speaker);
    return speaker;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const speaker of this.#open.values()) await (await speaker)[Symbol.asyncDispose]();
  }
}
