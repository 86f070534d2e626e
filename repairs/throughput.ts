/** What a repair costs: the same operations in a short load, with it and without it, side by side. */
import type { Gate, Session } from "../backends/backend.ts";
import { inTime, now_ms } from "../backends/real-time.ts";
import type { ExplorationOptions } from "../schedules/options.ts";
import type { Around } from "../schedules/program.ts";
import { inTurn } from "../schedules/search/turns.ts";

const rounds = 20;
/** Connections and plans are new at first. */
const warm_up_rounds = 3;
/** On a slow machine fewer rounds are enough. */
const rounds_min = 5;
const enough_ms = 1_500;
/** In a load nobody says who goes next, so nothing is certain to end. */
const limit_ms = 5_000;

/** Nothing waits at this gate, but what passes is still a client's. */
const free_gate: Gate = { runsFree: true, pass: (_step, send) => send() };

/**
 * In every round, all clients run an operation at once, first without the repair and then with it.
 * @returns how many operations ended well in the same time, as a multiple of those without it; undefined if that was
 *   too slow to be measured
 */
export async function relativeThroughput<Client>(
  plain: ExplorationOptions<Client>,
  mended: ExplorationOptions<Client>,
): Promise<number | undefined> {
  // One application with all connections cannot be run twice side by side.
  if (plain.program.sharedConnection) return undefined;
  return inTurn(plain.backend, () =>
    inTurn(mended.backend, async () => {
      await using before = new Load(plain);
      await using after = new Load(mended);
      const began_ms = now_ms();
      const until_ms = began_ms + limit_ms;
      for (let round = 1; round <= warm_up_rounds + rounds; round++) {
        const is_enough = round > warm_up_rounds + rounds_min;
        if (is_enough && now_ms() > began_ms + enough_ms) break;
        for (const load of [before, after])
          if (!(await load.round(round > warm_up_rounds, until_ms))) return undefined;
      }
      return before.rate > 0 ? after.rate / before.rate : undefined;
    }),
  );
}

class Load<Client> implements AsyncDisposable {
  readonly #options: ExplorationOptions<Client>;
  #outside: Session<Client> | undefined;
  #sessions: Session<Client>[] = [];
  #done = 0;
  #took_ms = 0;

  constructor(options: ExplorationOptions<Client>) {
    this.#options = options;
  }

  /** Operations that ended well, in a millisecond. */
  get rate(): number {
    return this.#took_ms > 0 ? this.#done / this.#took_ms : 0;
  }

  /** @returns false if it did not end in time */
  async round(counts: boolean, until_ms: number): Promise<boolean> {
    const { backend, program, clients, isolation } = this.#options;
    const level = isolation === undefined ? {} : { isolation };
    this.#outside ??= await backend.open();
    while (this.#sessions.length < clients)
      this.#sessions.push(await backend.open(free_gate, level));
    const own = this.#sessions.map(({ client }) => client);
    await program.setup(this.#outside.client, "", own);
    const began_ms = now_ms();
    const runs = this.#sessions.map(async ({ client }, i) => program.run(client, this.#around(i)));
    const ended = await inTime(Promise.allSettled(runs), Math.max(0, until_ms - began_ms));
    if (ended === undefined) return false;
    if (!counts) return true;
    this.#took_ms += now_ms() - began_ms;
    this.#done += ended.filter(({ status }) => status === "fulfilled").length;
    return true;
  }

  #around(i: number): Around<Client> {
    const client = i + 1;
    const reconnect = async (): Promise<Client> => this.#sessions[i]!.client;
    const requestId = `request-${client}-1`;
    return { client, operation: 1, key: "", requestId, backoff: async () => undefined, reconnect };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const all = [...this.#sessions, ...(this.#outside ? [this.#outside] : [])];
    await Promise.all(all.map((session) => session[Symbol.asyncDispose]()));
  }
}
