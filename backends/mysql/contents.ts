import type { Connection, RowDataPacket } from "mysql2/promise";
import type { Contents, TableContents } from "../backend.ts";
import { errorField } from "../error-field.ts";
import { generatedColumns, type Reference, sequenceOfColumns } from "../generated-columns.ts";
import {
  type AllRows,
  mustBeFew,
  type Row,
  rows_max as read_max,
  type TableRows,
} from "../rows.ts";
import { quoted } from "./copy-database.ts";

/** Reading more than this after every set-up would cost more than the schedules. */
const rows_max = 20_000;

const columns_query = `
  SELECT c.table_name AS \`table\`, c.column_name AS \`column\`,
         c.extra LIKE '%auto_increment%'
           OR c.data_type IN ('timestamp', 'datetime', 'date', 'time', 'uuid')
           OR coalesce(c.column_default, '') RLIKE 'uuid|rand|nextval|now|current' AS is_generated,
         c.extra LIKE '%auto_increment%' OR coalesce(c.column_default, '') RLIKE 'nextval' AS is_counted,
         c.data_type RLIKE 'binary|blob|bit|geometry|point|polygon|linestring' AS is_binary
    FROM information_schema.columns c
    JOIN information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = c.table_name
   WHERE c.table_schema = ? AND t.table_type IN ('BASE TABLE', 'SYSTEM VERSIONED')
   ORDER BY c.table_name, c.ordinal_position`;

const references_query = `
  SELECT table_name AS \`table\`, column_name AS \`column\`,
         referenced_table_name AS to_table, referenced_column_name AS to_column
    FROM information_schema.key_column_usage
   WHERE table_schema = ? AND referenced_table_schema = table_schema`;

/** No such table, no such column: the tables have changed since they were listed. */
const outdated = new Set(["1146", "1054"]);

interface Column extends RowDataPacket {
  readonly table: string;
  readonly column: string;
  readonly is_generated: number;
  /** AUTO_INCREMENT, or a sequence, makes its values. */
  readonly is_counted: number;
  readonly is_binary: number;
}

interface Query {
  readonly sums: (key: string) => string;
  readonly rows: () => string;
  readonly tables: readonly string[];
  readonly sequences: readonly TableRows["sequences"][];
}

/**
 * Counts the rows of all tables of a database and computes a checksum of each, in one round trip as long as the
 * tables stay the same.
 * The checksum does not depend on the order of rows.
 */
export class ContentsReader {
  readonly #control: Connection;
  readonly #database: string;
  #query: Query | undefined;

  constructor(control: Connection, database: string) {
    this.#control = control;
    this.#database = database;
  }

  async read(key: string): Promise<Contents> {
    const { query, said } = await this.#ask("sums", key);
    return new Map(query.tables.map((table, i) => [`table ${table}`, contentsOf(said[i])]));
  }

  /** @throws TooManyRows */
  async rows(): Promise<AllRows> {
    const { query, said } = await this.#ask("rows", "");
    return new Map(
      query.tables.map((table, i) => {
        const rows = said[i] as readonly Row[];
        mustBeFew(table, rows.length);
        return [table, { rows, sequences: query.sequences[i]! }];
      }),
    );
  }

  async #ask(
    what: "sums" | "rows",
    key: string,
  ): Promise<{ readonly query: Query; readonly said: readonly RowDataPacket[][] }> {
    for (let tries = 1; ; tries++) {
      const query = this.#query ?? (await this.#prepare());
      this.#query = query;
      try {
        const [[names, ...said]] = await this.#control.query<RowDataPacket[][]>(query[what](key));
        const now = names!.map((row) => String(Object.values(row)[0])).toSorted();
        if (now.join("\n") === query.tables.join("\n")) return { query, said };
      } catch (error) {
        if (tries === 3 || !outdated.has(errorField(error, "errno"))) throw error;
      }
      this.#query = undefined;
      if (tries === 3) throw new Error("The tables change while they are read after set-up.");
    }
  }

  async #prepare(): Promise<Query> {
    const [columns] = await this.#control.query<Column[]>(columns_query, [this.#database]);
    const [references] = await this.#control.query<(RowDataPacket & Reference)[]>(
      references_query,
      [this.#database],
    );
    const sources = columns.filter(({ is_generated }) => is_generated === 1);
    const generated = generatedColumns(
      sources.map(({ table, column }) => [table, column]),
      references,
    );
    const tables = [...new Set(columns.map(({ table }) => table))].toSorted();
    const sums = await Promise.all(
      tables.map(async (table) =>
        (await this.#isLarge(table))
          ? "SELECT NULL AS n, NULL AS checksum"
          : this.#sumOf(
              columns.filter((column) => column.table === table),
              generated,
            ),
      ),
    );
    const shown = `SHOW FULL TABLES FROM ${this.#database} WHERE Table_type IN ('BASE TABLE', 'SYSTEM VERSIONED')`;
    // Of a single statement the driver would tell the rows without a list around them.
    const last = "SELECT 1";
    const text = [shown, ...sums, last].join(";\n");
    const of_table = tables.map((table) => columns.filter((column) => column.table === table));
    const all = [shown, ...of_table.map((table) => this.#rowsOf(table)), last].join(";\n");
    const counted = columns.filter(({ is_counted }) => is_counted === 1);
    const sequences = sequenceOfColumns(
      counted.map(({ table, column }) => [table, column]),
      references,
    );
    return {
      sums: (key) => text.replaceAll(":key", this.#control.escape(key)),
      rows: () => all,
      tables,
      sequences: of_table.map((table) =>
        Object.fromEntries(
          table.flatMap(({ table: name, column }) => {
            const sequence = sequences.get(`${name} ${column}`);
            return sequence === undefined ? [] : [[column, sequence]];
          }),
        ),
      ),
    };
  }

  #rowsOf(table: readonly Column[]): string {
    const values = table.map(({ column, is_binary }) => {
      const id = quoted(column);
      return `${is_binary === 1 ? `HEX(${id})` : `CAST(${id} AS CHAR)`} AS ${id}`;
    });
    return `SELECT ${values.join(", ")} FROM ${this.#named(table[0]!.table)} LIMIT ${read_max + 1}`;
  }

  async #isLarge(table: string): Promise<boolean> {
    const [rows] = await this.#control.query<RowDataPacket[]>(
      `SELECT COUNT(*) AS n FROM (SELECT 1 FROM ${this.#named(table)} LIMIT ${rows_max + 1}) some`,
    );
    return Number(rows[0]!["n"]) > rows_max;
  }

  /** The checksum of a table. Of a generated value only whether it is NULL counts: that may matter, as in "sold at". */
  #sumOf(table: readonly Column[], generated: ReadonlySet<string>): string {
    const name = table[0]!.table;
    const values = table.map(({ column }) => {
      const id = quoted(column);
      return generated.has(`${name} ${column}`)
        ? `${id} IS NULL`
        : `COALESCE(CAST(${id} AS BINARY), 'NULL')`;
    });
    // In latin1 every byte is a character, so that anything can be searched.
    const row = `REPLACE(CONVERT(CONCAT_WS('|', ${values.join(", ")}) USING latin1), :key, 'a')`;
    const steady = `REGEXP_REPLACE(${row}, '[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}', 'uuid')`;
    return `SELECT COUNT(*) AS n, COALESCE(SUM(CRC32(${steady})), 0) AS checksum FROM ${this.#named(name)}`;
  }

  #named(table: string): string {
    return `${this.#database}.${quoted(table)}`;
  }
}

function contentsOf(said: RowDataPacket[] | undefined): TableContents {
  const { n, checksum } = said![0] as { n: number | null; checksum: number | string | null };
  return { rows: n ?? undefined, checksum: checksum === null ? undefined : `${checksum}` };
}
