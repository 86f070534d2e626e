import type { Backend, Contents } from "../../backends/backend.ts";

/** What set-up left in one place the first time, and what it left there later. */
export interface Stale {
  /** `table account`, `key a`. */
  readonly what: string;
  /** Rows the first time; undefined = it was not there. */
  readonly first: number | undefined;
  readonly later: number | undefined;
}

/**
 * Looks at the database after every set-up of an exploration: only schedules that begin in the same state can
 * be compared, and only they can prove something together. What generators make (serial numbers, times, UUIDs)
 * may differ.
 */
export class FreshStart {
  /** The first table in which a set-up left something else than the first set-up did. */
  stale: Stale | undefined;
  /** Tables that are too large to be looked at again and again. */
  too_large: readonly string[] = [];
  /** Set-ups that were looked at. */
  looks = 0;
  #first: Contents | undefined;

  /**
   * @param key of the lane, which may be another one than in other lanes
   * @param memory what the clients keep there
   */
  async look(
    backend: Pick<Backend<unknown>, "contents">,
    key: string,
    memory: Contents = new Map(),
  ): Promise<void> {
    if (this.stale !== undefined || backend.contents === undefined) return;
    const contents = new Map([...(await backend.contents(key)), ...memory]);
    this.looks++;
    this.#first ??= contents;
    this.too_large = [...contents].flatMap(([name, said]) =>
      said.checksum === undefined ? [name] : [],
    );
    this.stale ??= differenceOf(this.#first, contents);
  }
}

/** The first place in which two states differ. */
export function differenceOf(first: Contents, later: Contents): Stale | undefined {
  for (const what of new Set([...first.keys(), ...later.keys()])) {
    const [one, two] = [first.get(what), later.get(what)];
    if (one?.checksum === two?.checksum && one?.rows === two?.rows) continue;
    return { what, first: one?.rows, later: two?.rows };
  }
  return undefined;
}
