/** Quiet for so long, and nobody knows why: then the others may go. */
const at_first_ms = 100;
/** The same, where a client has waited for the others before. */
const for_others_ms = 5;

interface Experience {
  for_others: number;
  by_itself: number;
  /** How long it took until it went on by itself. */
  longest_ms: number;
}

/**
 * How long to wait for a client that is inside the process: it may be at work (a slow call elsewhere), or wait
 * for another client (a lock of the process, a pool, a shared promise), and then only letting that one go helps.
 * Nothing tells the two apart but what happened before, at the same place in the program.
 */
export class Patience {
  readonly #at_first_ms: number;
  readonly #places = new Map<string, Experience>();

  constructor(first_ms: number = at_first_ms) {
    this.#at_first_ms = first_ms;
  }

  of(place: string): number {
    const known = this.#places.get(place);
    if (known === undefined) return this.#at_first_ms;
    const { for_others, by_itself, longest_ms } = known;
    return for_others >= by_itself ? for_others_ms : 2 * longest_ms + this.#at_first_ms;
  }

  /** It has been seen to wait for others. */
  waitsForOthers(place: string): boolean {
    const { for_others, by_itself } = this.#places.get(place) ?? { for_others: 0, by_itself: 0 };
    return for_others > 0 && for_others >= by_itself;
  }

  /** A client that was not waited for any longer went on: because another had moved, or by itself. */
  learn(place: string, why: "others moved" | "by itself", after_ms: number): void {
    const known = this.#places.get(place) ?? { for_others: 0, by_itself: 0, longest_ms: 0 };
    this.#places.set(place, known);
    if (why === "others moved") known.for_others++;
    else {
      known.by_itself++;
      known.longest_ms = Math.max(known.longest_ms, after_ms);
    }
  }
}
