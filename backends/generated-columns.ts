/** A foreign key: this column of this table holds values of that column of that one. */
export interface Reference {
  readonly table: string;
  readonly column: string;
  readonly to_table: string;
  readonly to_column: string;
}

/**
 * All columns whose values are generated (serial numbers, UUIDs, times), and those that refer to one by a foreign key,
 * each as `table column`.
 */
export function generatedColumns(
  sources: readonly (readonly [table: string, column: string])[],
  references: readonly Reference[],
): ReadonlySet<string> {
  const generated = new Set(sources.map(([table, column]) => `${table} ${column}`));
  for (let before = -1; before !== generated.size; ) {
    before = generated.size;
    for (const { table, column, to_table, to_column } of references) {
      if (generated.has(`${to_table} ${to_column}`)) generated.add(`${table} ${column}`);
    }
  }
  return generated;
}

/**
 * The name of the sequence behind each column, `table column`: its own, or that of the column that it refers to.
 * @param sources columns whose values a sequence makes
 */
export function sequenceOfColumns(
  sources: readonly (readonly [table: string, column: string])[],
  references: readonly Reference[],
): ReadonlyMap<string, string> {
  const sequences = new Map(
    sources.map(([table, column]) => [`${table} ${column}`, `${table} ${column}`]),
  );
  for (let before = -1; before !== sequences.size; ) {
    before = sequences.size;
    for (const { table, column, to_table, to_column } of references) {
      const sequence = sequences.get(`${to_table} ${to_column}`);
      if (sequence !== undefined && !sequences.has(`${table} ${column}`))
        sequences.set(`${table} ${column}`, sequence);
    }
  }
  return sequences;
}
