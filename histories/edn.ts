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

/**
 * Reads EDN forms one by one (https://github.com/edn-format/edn) as plain data: nil is null, keywords keep
 * their colon as values and lose it as keys of maps, sets and lists are arrays, tags are left out.
 */
export class EdnReader {
  readonly text: string;
  at = 0;

  constructor(text: string) {
    this.text = text;
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
        this.read();
      } else return character;
    }
  }

  /** @throws Unfinished, or HistoryError where the text is no EDN */
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

  #list(close: string): unknown[] {
    const items: unknown[] = [];
    this.at++;
    for (let next = this.next(); next !== close; next = this.next()) {
      if (next === "") throw new Unfinished();
      items.push(this.read());
    }
    this.at++;
    return items;
  }

  #map(): Record<string, unknown> {
    const map: Record<string, unknown> = {};
    this.at++;
    for (let next = this.next(); next !== "}"; next = this.next()) {
      if (next === "") throw new Unfinished();
      const form = this.read();
      // A string keeps its colon, a keyword does not.
      const key = next === '"' ? String(form) : keyText(form);
      if (this.next() === "}") throw this.wrong("a map has a key without a value");
      const value = this.read();
      if (key === "__proto__") Object.defineProperty(map, key, { ...field, value });
      else map[key] = value;
    }
    this.at++;
    return map;
  }

  #tagged(): unknown {
    this.at++;
    if (this.text[this.at] === "{") return this.#list("}"); // a set
    const word = this.#word(); // the tag
    if (word.startsWith("#")) return this.#atom(word.slice(1)); // ##NaN, ##Inf
    return this.read();
  }

  #string(): string {
    const { text } = this;
    let end = this.at + 1;
    while (text[end] !== '"') {
      if (end >= text.length) throw new Unfinished();
      end += text[end] === "\\" ? 2 : 1;
    }
    const raw = text.slice(this.at + 1, end);
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
    if (word === "nil") return null;
    if (word === "true") return true;
    if (word === "false") return false;
    if (/^[+-]?\d/.test(word)) {
      const number = Number(word.replace(/[NM]$/, ""));
      return Number.isNaN(number) || (Number.isInteger(number) && !Number.isSafeInteger(number))
        ? word // a ratio, or more digits than a number holds
        : number;
    }
    return word;
  }
}

function keyText(key: unknown): string {
  if (typeof key === "string") return key.startsWith(":") ? key.slice(1) : key;
  return JSON.stringify(key) ?? "";
}
