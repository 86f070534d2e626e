import { createHash } from "node:crypto";
import type pg from "pg";
import type { Contents, TableContents } from "../backend.ts";
import { generatedColumns, type Reference, sequenceOfColumns } from "../generated-columns.ts";
import { type AllRows, mustBeFew, type Row, rows_max } from "../rows.ts";

/** Reading more than this after every set-up would cost more than the schedules. */
const table_bytes_max = 4 * 1024 * 1024;

/** A materialized view is what was in its tables when it was refreshed; one that never was cannot be read. */
const holds_rows = "(c.relkind = 'r' OR c.relkind = 'm' AND c.relispopulated)";

/** Differs when tables or columns have changed. */
const signature = `
  SELECT md5(string_agg(concat_ws('.', c.oid, a.attnum, a.atttypid, a.attidentity, a.atthasdef), ',' ORDER BY c.oid, a.attnum))
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
   WHERE c.oid >= 16384 AND ${holds_rows} AND c.relpersistence <> 't' AND a.attnum > 0 AND NOT a.attisdropped`;

const columns_query = `
  SELECT c.oid::text AS id, c.oid::regclass::text AS name, quote_ident(a.attname) AS column,
         coalesce(
           a.attidentity <> ''
           OR t.typname IN ('timestamp', 'timestamptz', 'date', 'time', 'timetz', 'uuid')
           OR pg_get_expr(d.adbin, d.adrelid) ~* 'nextval|random|uuid|now\\(|current_|timestamp', false
         ) AS generated,
         coalesce(a.attidentity <> '' OR pg_get_expr(d.adbin, d.adrelid) LIKE '%nextval(%', false) AS counted
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
   WHERE c.oid >= 16384 AND ${holds_rows} AND c.relpersistence <> 't'
     AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
   ORDER BY c.oid, a.attnum`;

const references_query = `
  SELECT k.conrelid::text AS table, quote_ident(a.attname) AS column,
         k.confrelid::text AS to_table, quote_ident(b.attname) AS to_column
    FROM pg_constraint k
    CROSS JOIN LATERAL unnest(k.conkey, k.confkey) AS pair (mine, theirs)
    JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = pair.mine
    JOIN pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = pair.theirs
   WHERE k.contype = 'f'`;

interface Column {
  readonly id: string;
  readonly name: string;
  readonly column: string | null;
  readonly generated: boolean;
  /** A sequence makes its values. */
  readonly counted: boolean;
}

/** A table without columns has none. */
interface Table {
  readonly name: string;
  readonly columns: readonly string[];
  readonly sequences: Readonly<Record<string, string>>;
}

/** A statement that is prepared once. */
interface Prepared {
  readonly text: string;
  readonly name: string;
}

interface Query {
  readonly sums: Prepared;
  readonly rows: Prepared;
  readonly signature: string;
  readonly tables: readonly Table[];
}

/**
 * Counts the rows of all tables of a database and computes a checksum of each, in one round trip as long as the
 * tables stay the same.
 * The checksum does not depend on the order of rows.
 */
export class ContentsReader {
  readonly #connection: pg.Client;
  #query: Query | undefined;

  constructor(connection: pg.Client) {
    this.#connection = connection;
  }

  async read(key: string): Promise<Contents> {
    const { tables, said } = await this.#ask("sums", key);
    return new Map(tables.map(({ name }, i) => [`table ${name}`, contentsOf(said[i])]));
  }

  /** @throws TooManyRows */
  async rows(): Promise<AllRows> {
    const { tables, said } = await this.#ask("rows", "");
    return new Map(
      tables.map(({ name, columns, sequences }, i) => {
        const rows = JSON.parse(said[i] ?? "[]") as (string | null)[][];
        mustBeFew(name, rows.length);
        const named = rows.map(
          (row): Row => Object.fromEntries(columns.map((column, at) => [column, row[at]])),
        );
        return [name, { rows: named, sequences }];
      }),
    );
  }

  async #ask(
    what: "sums" | "rows",
    key: string,
  ): Promise<{ readonly tables: readonly Table[]; readonly said: readonly (string | null)[] }> {
    for (let tries = 1; ; tries++) {
      const query = this.#query ?? (await this.#prepare());
      this.#query = query;
      try {
        const { rows } = await this.#connection.query<string[]>({
          ...query[what],
          values: [key],
          rowMode: "array",
        });
        const [now, _key, ...said] = rows[0] as string[];
        if (now === query.signature) return { tables: query.tables, said };
      } catch (error) {
        // A table may be gone by now; any other error will come again.
        if (tries === 3) throw error;
      }
      this.#query = undefined;
      if (tries === 3) throw new Error("The tables change while they are read after set-up.");
    }
  }

  async #prepare(): Promise<Query> {
    const { rows: signed } = await this.#connection.query<[string | null]>({
      text: signature,
      rowMode: "array",
    });
    const { rows: columns } = await this.#connection.query<Column>(columns_query);
    const { rows: references } = await this.#connection.query<Reference>(references_query);
    const generated = generatedColumns(
      columns.flatMap(({ id, column, generated }) => (generated && column ? [[id, column]] : [])),
      references,
    );
    const tables = [...new Set(columns.map(({ id }) => id))].map((id) =>
      columns.filter((column) => column.id === id),
    );
    const sequences = sequenceOfColumns(
      columns.flatMap(({ id, column, counted }) => (counted && column ? [[id, column]] : [])),
      references,
    );
    return {
      sums: prepared(tables.map((table) => sumOf(table, generated))),
      rows: prepared(tables.map(rowsOf)),
      signature: signed[0]?.[0] ?? "",
      tables: tables.map((table) => ({
        name: table[0]!.name,
        columns: columnsOf(table),
        sequences: Object.fromEntries(
          table.flatMap(({ id, column }) => {
            const sequence = sequences.get(`${id} ${column}`);
            return column !== null && sequence !== undefined ? [[column, sequence]] : [];
          }),
        ),
      })),
    };
  }
}

function prepared(tables: readonly string[]): Prepared {
  const text = `SELECT ${[`coalesce((${signature}), '')`, "$1::text", ...tables].join(",\n")}`;
  return { text, name: createHash("sha256").update(text).digest("hex").slice(0, 16) };
}

const columnsOf = (table: readonly Column[]): string[] =>
  table.flatMap(({ column }) => (column === null ? [] : [column]));

function rowsOf(table: readonly Column[]): string {
  const values = columnsOf(table).map((column) => `t.${column}::text`);
  return `(SELECT json_agg(r)::text FROM (SELECT ARRAY[${values.join(", ")}]::text[] AS r FROM ONLY ${table[0]!.name} t LIMIT ${rows_max + 1}) kept)`;
}

/** The checksum of a table. Of a generated value only whether it is NULL counts: that may matter, as in "sold at". */
function sumOf(table: readonly Column[], generated: ReadonlySet<string>): string {
  const [{ id, name }] = table as [Column, ...Column[]];
  const values = table.flatMap(({ column }) => {
    if (column === null) return [];
    return generated.has(`${id} ${column}`) ? [`t.${column} IS NULL`] : [`t.${column}`];
  });
  const row = `replace(ROW(${values.join(", ")})::text, $1, 'a')`;
  const steady = `regexp_replace(${row}, '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}', 'uuid', 'gi')`;
  return `CASE WHEN pg_relation_size(${id}) <= ${table_bytes_max} THEN (
    SELECT count(*) || ' ' || coalesce(sum(hashtextextended(${steady}, 0)), 0) FROM ONLY ${name} t) END`;
}

function contentsOf(said: string | null | undefined): TableContents {
  const [rows, checksum] = (said ?? "").split(" ");
  return { rows: rows ? Number(rows) : undefined, checksum };
}
