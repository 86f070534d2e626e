import { HistoryError } from "./history-error.ts";

/** The text ended inside a form: more may come. */
export class Unfinished extends Error {}

const blanks = /[\s,]*/y;
const word = /[^\s,()[\]{}";]*/y;
const delimiter = /[\s,()[\]{}";]/;
const escapes: Record<string, string> = { n: "\n", t: "\t", r: "\r", b: "\b", f: "\f" };
const named_characters: Record<string, string> = {
  newline: "\n",
  space: " ",
  tab: "\t",
  return: "\r",
};

const field = { enumerable: true, configurable: true, writable: true };
/** The deepest nesting: checkers walk through values recursively, and the stack is limited. */
const deepest = 1_000;

/**
 * Reads EDN forms one by one (https://github.com/edn-format/edn) as plain data: nil is null, keywords keep
 * their colon as values and lose it as keys of maps, lists are arrays, and sets are sorted arrays; tags are left
 * out, and whole numbers of any size are exact (large ones as bigint). JSON is so close to EDN (commas are blanks)
 * that the same reader takes it, with the same rules for numbers, depth and duplicate keys.
 */
export class EdnReader {
  readonly text: string;
  at = 0;
  /** How many forms were left out with `#_`. */
  discarded = 0;
  readonly #json: boolean;
  readonly #events: boolean;
  #depth = 0;

  /**
   * @param as "json": JSON; "events": maps on the first level are events, whose keys must be keywords. (A stray quote
   *   swaps the inside and the outside of strings; then keys can be anything, and this finds it.)
   */
  constructor(text: string, as?: "json" | "events") {
    this.text = text;
    this.#json = as === "json";
    this.#events = as === "events";
  }

  /** Skips blanks, comments and `#_` forms. @returns the next character, or "" at the end */
  next(): string {
    const { text } = this;
    for (;;) {
      blanks.lastIndex = this.at;
      blanks.test(text);
      this.at = blanks.lastIndex;
      const character = text[this.at];
      if (character === undefined) return "";
      if (character === ";") {
        const end = text.indexOf("\n", this.at);
        this.at = end < 0 ? text.length : end + 1;
      } else if (character === "#" && text[this.at + 1] === "_") {
        this.at += 2;
        this.#deeper();
        this.read();
        this.#depth--;
        this.discarded++;
      } else return character;
    }
  }

  /** @throws Unfinished, or HistoryError where the text is not EDN */
  read(): unknown {
    switch (this.next()) {
      case "":
        throw new Unfinished();
      case "{":
        return this.#map();
      case "[":
        return this.#list("]");
      case "(":
        return this.#list(")");
      case '"':
        return this.#string();
      case "\\":
        return this.#character();
      case "#":
        return this.#tagged();
      case "]":
      case ")":
      case "}":
        throw this.wrong(`"${this.text[this.at]}" closes nothing`);
      default:
        return this.#atom(this.#word());
    }
  }

  wrong(what: string): HistoryError {
    return new HistoryError(what, 0);
  }

  #deeper(): void {
    if (++this.#depth > deepest) throw this.wrong(`values are nested more than ${deepest} deep`);
  }

  #list(close: string): unknown[] {
    const items: unknown[] = [];
    this.#deeper();
    this.at++;
    for (let next = this.next(); next !== close; next = this.next()) {
      if (next === "") throw new Unfinished();
      items.push(this.read());
    }
    this.at++;
    this.#depth--;
    return items;
  }

  #map(): Record<string, unknown> {
    const map: Record<string, unknown> = {};
    this.#deeper();
    this.at++;
    for (let next = this.next(); next !== "}"; next = this.next()) {
      if (next === "") throw new Unfinished();
      const form = this.read();
      if (this.#events && this.#depth === 1 && next !== ":")
        throw this.wrong(
          `an event has ${keyText(form).slice(0, 40)} for a key, which is no keyword`,
        );
      // A string keeps its colon, a keyword does not.
      const key = next === '"' ? String(form) : keyText(form);
      if (this.#json) this.#colon();
      if (this.next() === "}") throw this.wrong("a map has a key without a value");
      const value = this.read();
      if (Object.hasOwn(map, key)) throw this.wrong(`a map has the key ${key} twice`);
      if (key === "__proto__") Object.defineProperty(map, key, { ...field, value });
      else map[key] = value;
    }
    this.at++;
    this.#depth--;
    return map;
  }

  #colon(): void {
    const next = this.next();
    if (next === "") throw new Unfinished();
    if (next !== ":") throw this.wrong(`after a key comes ":", not "${next}"`);
    this.at++;
  }

  #tagged(): unknown {
    this.at++;
    if (this.text[this.at] === "{") return this.#set();
    const word = this.#word(); // the tag
    if (word.startsWith("#")) return symbolic_values[word] ?? word;
    this.#deeper();
    const tagged = this.read();
    this.#depth--;
    return tagged;
  }

  #set(): unknown[] {
    const items = this.#list("}").sort(inOrder);
    for (let at = 1; at < items.length; at++)
      if (inOrder(items[at - 1], items[at]) === 0)
        throw this.wrong(`a set has ${canonical(items[at]).slice(0, 40)} twice`);
    return items;
  }

  #string(): string {
    const { text } = this;
    let end = this.at + 1;
    while (text[end] !== '"') {
      if (end >= text.length) throw new Unfinished();
      end += text[end] === "\\" ? 2 : 1;
    }
    const raw = text.slice(this.at + 1, end);
    if (this.#json && raw.includes("\n")) throw this.wrong("a string does not end on its line");
    this.at = end + 1;
    if (!raw.includes("\\")) return raw;
    return raw.replace(/\\(u[0-9a-fA-F]{4}|[^])/gu, (_, escape: string) =>
      escape.length === 5
        ? String.fromCharCode(Number.parseInt(escape.slice(1), 16))
        : (escapes[escape] ?? escape),
    );
  }

  #character(): string {
    this.at++;
    const first = this.text[this.at];
    if (first === undefined) throw new Unfinished();
    this.at++;
    const name = first + (delimiter.test(first) ? "" : this.#rest());
    return named_characters[name] ?? name;
  }

  #word(): string {
    const word = this.#rest();
    if (word === "") throw this.wrong(`"${this.text[this.at]}" is not expected here`);
    return word;
  }

  #rest(): string {
    const { text } = this;
    const start = this.at;
    word.lastIndex = start;
    word.test(text);
    this.at = word.lastIndex;
    if (this.at === text.length) throw new Unfinished();
    return text.slice(start, this.at);
  }

  #atom(word: string): unknown {
    if (word === (this.#json ? "null" : "nil")) return null;
    if (word === "true") return true;
    if (word === "false") return false;
    if (/^[+-]?\d/.test(word)) return numberOf(word);
    if (this.#json) throw this.wrong(`"${word.slice(0, 40)}" is no JSON`);
    return word;
  }
}

const symbolic_values: Readonly<Record<string, number>> = {
  "#NaN": Number.NaN,
  "#Inf": Number.POSITIVE_INFINITY,
  "#-Inf": Number.NEGATIVE_INFINITY,
};

/** An exact number if it is whole, however it is written; the word itself if it is not a number (a ratio). */
export function numberOf(word: string): unknown {
  const bare = word.replace(/[NM]$/, "");
  const number = Number(bare);
  if (Number.isNaN(number)) return word;
  return Number.isSafeInteger(number) ? number : (largeWhole(bare) ?? number);
}

const decimal = /^\+?(-?\d+)(?:\.(\d*))?(?:e\+?(-?\d+))?$/i;
/** As large as a number that is not exact can be: above that, 1e999 is infinite. */
const most_zeros = 308;

/** A whole number: 9007199254740993, but also 1e21 and 9007199254740992.0, as some write them. */
function largeWhole(word: string): bigint | undefined {
  const [, before = "", after = "", exponent = "0"] = decimal.exec(word) ?? [];
  const fraction = after.replace(/0+$/, "");
  const zeros = Number(exponent) - fraction.length;
  if (before === "" || zeros < 0 || zeros > most_zeros) return undefined;
  return BigInt(`${before}${fraction}${"0".repeat(zeros)}`);
}

/** The elements of a set may be in any order, as long as equal sets come out equal. */
function inOrder(one: unknown, other: unknown): number {
  if (isOrdered(one) && isOrdered(other)) return one < other ? -1 : one > other ? 1 : 0;
  if (isOrdered(one) || isOrdered(other)) return isOrdered(one) ? -1 : 1;
  const [text, other_text] = [canonical(one), canonical(other)];
  return text < other_text ? -1 : text > other_text ? 1 : 0;
}

function isOrdered(value: unknown): value is number | bigint {
  return typeof value === "bigint" || (typeof value === "number" && !Number.isNaN(value));
}

/** Equal texts for equal values. */
export function canonical(value: unknown): string {
  if (typeof value === "bigint" || typeof value === "number") return `${value}`;
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "";
  const fields = Object.entries(value).map(
    ([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`,
  );
  return `{${fields.sort().join()}}`;
}

function keyText(key: unknown): string {
  if (typeof key === "string") return key.startsWith(":") ? key.slice(1) : key;
  return JSON.stringify(key) ?? "";
}
