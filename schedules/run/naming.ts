import { nameGenerated } from "../../backends/generated-values.ts";

/**
 * What the texts of one schedule call the things that are called differently each time: its key, and values that
 * look generated. Two different values have two names.
 */
export class Naming {
  readonly #key: string;
  readonly #shown_key: string;
  readonly #names = new Map<string, string>();
  readonly #counts = new Map<string, number>();

  /** @param shown_key how the key is called in every lane */
  constructor(key: string, shown_key: string) {
    this.#key = key;
    this.#shown_key = shown_key;
  }

  /** A statement or a reply; what is new gets a name, so that names are in the order of steps. */
  text(text: string): string {
    return this.#named(text, true);
  }

  /** The same, but what is new gets no name yet. */
  asBefore(text: string): string {
    return this.#named(text, false);
  }

  #named(text: string, may_name: boolean): string {
    return nameGenerated(this.#withoutKey(text), (kind, value) => {
      // Two times that are equal are so by chance.
      if (kind === "time") return "<time>";
      const known = this.#names.get(value);
      if (known !== undefined) return known;
      if (!may_name) return `<${kind}>`;
      const number = (this.#counts.get(kind) ?? 0) + 1;
      this.#counts.set(kind, number);
      const name = `<${kind} ${number}>`;
      this.#names.set(value, name);
      return name;
    });
  }

  /**
   * A key that a step touches. Steps of different schedules are compared by it, in which the same thing may have
   * another random name: so all that looks random is taken for the same, which at worst costs schedules.
   */
  touched(name: string): string {
    const named = nameGenerated(this.#withoutKey(name), (kind) => `<${kind}>`);
    return named.replace(random_word, "<word>");
  }

  #withoutKey(text: string): string {
    if (this.#key === "") return text;
    const named = text.replaceAll(this.#key, this.#shown_key);
    return named.includes("…") ? this.#withoutCutKey(named) : named;
  }

  /** Long values lose their middle, and a key may lose a part of itself with it. */
  #withoutCutKey(text: string): string {
    const parts = text.split("…");
    const named = parts.map((part, i) => {
      const before =
        i === 0 ? 0 : this.#partOfKey((length) => part.startsWith(this.#key.slice(-length)));
      const behind =
        i === parts.length - 1
          ? 0
          : this.#partOfKey((length) => part.endsWith(this.#key.slice(0, length)));
      const kept = part.slice(before, Math.max(before, part.length - behind));
      return (before > 0 ? this.#shown_key : "") + kept + (behind > 0 ? this.#shown_key : "");
    });
    return named.join("…");
  }

  /** @returns how much of the key is there; 0 where it is too little to tell */
  #partOfKey(isThere: (length: number) => boolean): number {
    let length = this.#key.length;
    while (length >= cut_key_min && !isThere(length)) length--;
    return length >= cut_key_min ? length : 0;
  }
}

/** Less of a key than that may be anything. */
const cut_key_min = 4;
const random_word = /\b(?=[a-z]*\d)(?=\d*[a-z])[a-z\d]{8,}\b/gi;
