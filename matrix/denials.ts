import { hindranceIn } from "../backends/refusal.ts";
import type { CellResult } from "./result.ts";
import type { Strategy } from "./strategy.ts";

/**
 * Notes when a server does not let a strategy work: a Redis whose ACL lacks a command, or that has become a replica. The
 * operation just fails, so that the cell would differ from what is declared; but it says nothing about the strategy.
 */
export class Denials {
  readonly #server: string;
  #first: string | undefined;

  /** @param server for people: `Redis 8.0.2` */
  constructor(server: string) {
    this.#server = server;
  }

  /** The same strategy, watched. */
  of<Client>(strategy: Strategy<Client>): Strategy<Client> {
    const noted = <Given extends unknown[], Answer>(
      work: (...given: Given) => Promise<Answer>,
    ): ((...given: Given) => Promise<Answer>) => {
      return async (...given) => {
        try {
          return await work(...given);
        } catch (error) {
          this.#first ??= hindranceIn(error, this.#server)?.message;
          throw error;
        }
      };
    };
    return {
      ...strategy,
      prepare: noted((...given) => strategy.prepare(...given)),
      run: noted((...given) => strategy.run(...given)),
      ...(strategy.read ? { read: noted((...given) => strategy.read!(...given)) } : {}),
      ...(strategy.expire ? { expire: noted((...given) => strategy.expire!(...given)) } : {}),
    };
  }

  /** The verdict if there was one: none, with what the server said. */
  get verdict(): Pick<CellResult, "conclusion" | "remarks"> | undefined {
    return this.#first === undefined
      ? undefined
      : { conclusion: "no verdict", remarks: [this.#first] };
  }
}
