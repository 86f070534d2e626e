/** What was placed on the way to a place, the last one first. */
export interface Trail {
  readonly before: Trail | undefined;
  readonly operation: number;
  readonly at: number;
}

/** So often there is something to go back to. */
const most_saved = 20;
/** About how much memory a place takes, with its part of the trail. */
const bytes_each = 400;

export interface Place {
  /** The node of the text there (see tree.ts). */
  node: number;
  /** The open operations that were placed. */
  readonly placed: number[];
  /** The position where something began a text last: what was called before it need not be placed. */
  begun_at: number;
  trail: Trail | undefined;
  look: number;
}

/** The places to go on from by their positions, each once, and those of earlier positions to go back to. */
export class Places {
  readonly #by_position = new Map<number, Place[]>();
  readonly #known = new Map<number, Map<number, Place[]>>();
  readonly #saved: { readonly position: number; readonly places: Map<number, Place[]> }[] = [];

  #count = 0;

  get isEmpty(): boolean {
    return this.#by_position.size === 0;
  }

  get nearest(): number {
    return Math.min(...this.#by_position.keys());
  }

  /** About how much memory they take. */
  get bytes(): number {
    return this.#count * bytes_each;
  }

  at(position: number): readonly Place[] {
    return this.#by_position.get(position) ?? [];
  }

  add(place: Place, position: number): void {
    let known = this.#known.get(position);
    if (known === undefined) {
      known = new Map();
      this.#known.set(position, known);
      if (!this.#by_position.has(position)) this.#by_position.set(position, []);
    }
    const hash = hashOf(place);
    const alike = known.get(hash);
    if (alike === undefined) known.set(hash, [place]);
    else {
      if (alike.some((other) => other.begun_at >= place.begun_at && same(other, place))) return;
      alike.push(place);
    }
    this.#by_position.get(position)!.push(place);
    this.#count++;
  }

  leaveBehind(position: number): void {
    this.#count -= this.at(position).length;
    this.#by_position.delete(position);
    this.#known.delete(position);
  }

  /** Keeps what there is now to go back to it, if nothing was kept since a position. */
  save(position: number, since: number): void {
    const last = this.#saved.at(-1);
    if (last !== undefined && last.position >= since) return;
    const places = new Map([...this.#by_position].map(([at, list]) => [at, [...list]]));
    this.#saved.push({ position, places });
    if (this.#saved.length > most_saved) this.#saved.shift();
  }

  /** Goes back to what was kept at this position or earlier. */
  goBack(position: number): void {
    while (this.#saved.length > 1 && this.#saved.at(-1)!.position > position) this.#saved.pop();
    this.#by_position.clear();
    this.#known.clear();
    for (const [at, places] of this.#saved.at(-1)!.places) this.#by_position.set(at, [...places]);
  }
}

function hashOf({ node, placed }: Place): number {
  let hash = Math.imul(node + 1, 0x85ebca6b);
  for (const word of placed) hash = Math.imul(hash ^ (hash >>> 15) ^ word, 0x27d4eb2f);
  return hash ^ (hash >>> 13);
}

function same(one: Place, other: Place): boolean {
  return (
    one.node === other.node && one.placed.every((word, index) => word === other.placed[index]!)
  );
}
