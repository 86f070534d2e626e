import { isKeys, type Row } from "../backends/rows.ts";

/**
 * What the user wants left out of the comparison: a table (`audit`), a column or attribute (`account.updated_at`), keys
 * of Redis (`session:*`). With several databases, the name of the database may stand before it.
 */
export class Ignored {
  readonly #patterns: readonly RegExp[];

  constructor(names: readonly string[]) {
    this.#patterns = names.map((name) => {
      const words = name.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
      return new RegExp(`^(?:\\w+\\.)?${words.join(".*")}$`);
    });
  }

  table(name: string): boolean {
    return this.#has(name);
  }

  without(table: string, rows: readonly Row[]): readonly Row[] {
    if (this.#patterns.length === 0) return rows;
    return rows
      .filter((row) => !(isKeys(table) && this.#has(String(row["key"]))))
      .map((row) =>
        Object.fromEntries(
          Object.entries(row).filter(([column]) => !this.#has(`${table}.${column}`)),
        ),
      );
  }

  #has(name: string): boolean {
    return this.#patterns.some((pattern) => pattern.test(name.replaceAll('"', "")));
  }
}
