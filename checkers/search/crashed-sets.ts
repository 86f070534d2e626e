import { most_entries } from "./grow.ts";

/**
 * Sets of crashed operations that were placed, by number. Operations of one class are interchangeable, so a set
 * is a count for each class; the earliest ones are taken first. Set 0 is the empty one.
 */
export class CrashedSets {
  /** By set: class, count, class, count, … with growing classes. */
  readonly #sets: (readonly number[])[] = [[]];
  readonly #numbers = new Map<string, number>();
  readonly #grown = new Map<number, number>();
  readonly #classes: number;
  #bytes = 0;

  constructor(classes: number) {
    this.#classes = classes;
  }

  get bytes(): number {
    return this.#grown.size > most_entries ? Number.POSITIVE_INFINITY : this.#bytes;
  }

  /** The set with one more of a class. */
  add(set: number, of_class: number): number {
    const step = set * this.#classes + of_class;
    const known = this.#grown.get(step);
    if (known !== undefined) return known;
    const counts = [...this.#sets[set]!];
    let at = 0;
    while (at < counts.length && counts[at]! < of_class) at += 2;
    if (counts[at] === of_class) counts[at + 1]!++;
    else counts.splice(at, 0, of_class, 1);
    const text = counts.join();
    let number = this.#numbers.get(text);
    if (number === undefined) {
      number = this.#sets.push(counts) - 1;
      this.#numbers.set(text, number);
      this.#bytes += 160 + 12 * counts.length;
    }
    this.#bytes += 48;
    this.#grown.set(step, number);
    return number;
  }

  /** How many of a class are in the set. */
  count(set: number, of_class: number): number {
    const counts = this.#sets[set]!;
    for (let at = 0; at < counts.length; at += 2)
      if (counts[at] === of_class) return counts[at + 1]!;
    return 0;
  }

  /** Whether the first set has no more of any class than the second. */
  within(one: number, other: number): boolean {
    if (one === other || one === 0) return true;
    const few = this.#sets[one]!;
    const many = this.#sets[other]!;
    let at = 0;
    for (let index = 0; index < few.length; index += 2) {
      while (at < many.length && many[at]! < few[index]!) at += 2;
      if (many[at] !== few[index] || many[at + 1]! < few[index + 1]!) return false;
    }
    return true;
  }
}
