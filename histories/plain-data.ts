const deepest = 8;
const most_parts = 10_000;

/**
 * Any value as JSON can hold it, so that a history can be written down and two answers can be compared.
 * It never throws, whatever a program answers: a bigint becomes a number, or a string when it is too
 * large for one; a circular reference becomes "[circular]", and anything deeper than 8 levels "[…]".
 */
export function plainData(value: unknown): unknown {
  return new Visit().plain(value);
}

/** The same as one line of text; empty for values that JSON leaves out (undefined, functions). */
export function plainDataText(value: unknown): string {
  return JSON.stringify(plainData(value)) ?? "";
}

class Visit {
  readonly #above: object[] = [];
  #parts = 0;

  plain(value: unknown): unknown {
    switch (typeof value) {
      case "bigint":
        return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
      case "number":
        return Number.isFinite(value) ? value : String(value);
      case "string":
      case "boolean":
        return value;
      case "object":
        return value === null ? null : this.#object(value);
      default:
        return undefined;
    }
  }

  #object(value: object): unknown {
    if (this.#above.includes(value)) return "[circular]";
    if (this.#above.length === deepest || ++this.#parts > most_parts) return "[…]";
    this.#above.push(value);
    try {
      return this.#inside(value);
    } catch {
      // A getter or a toJSON of the program threw.
      return "[unreadable]";
    } finally {
      this.#above.pop();
    }
  }

  #inside(value: object): unknown {
    const { toJSON } = value as { toJSON?: unknown };
    if (typeof toJSON === "function") return this.plain(toJSON.call(value));
    if (value instanceof Error) return `${value.name}: ${value.message}`;
    if (value instanceof Map) return this.plain([...value]);
    if (Array.isArray(value) || value instanceof Set)
      return Array.from(value, (item) => this.plain(item) ?? null);
    const plain: Record<string, unknown> = {};
    for (const [name, item] of Object.entries(value)) {
      const part = this.plain(item);
      if (part !== undefined) plain[name] = part;
    }
    return plain;
  }
}
