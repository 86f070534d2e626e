/** A foreign key: this column of this table holds values of that column of that one. */
export interface Reference {
  readonly table: string;
  readonly column: string;
  readonly to_table: string;
  readonly to_column: string;
}

/**
 * All columns whose values are made by generators (serial numbers, UUIDs, times), also those that point at one
 * by a foreign key, each as `table column`.
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
