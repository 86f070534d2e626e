/**
 * What libraries ask before they begin: `SET intervalstyle = iso_8601`, `SELECT version()`, which types and columns there
 * are. An ORM sends up to twenty such statements on each connection. Their place among the statements of others does
 * not matter, and a search that does not know that runs a hundred times as many schedules.
 *
 * - `nothing`: it reads and changes nothing but its own session.
 * - `reads`: it reads only what describes the tables. That is changed by CREATE, ALTER, DROP and the like, and by no row
 *   that is written. Views that count rows or show locks (`pg_stat_activity`, `pg_class.reltuples`) are not among these.
 * - `may change`: it may be one of those, or call something that is.
 *
 * In a transaction above READ COMMITTED the first read takes the snapshot, whatever it reads: there, a door does not
 * say any of this of a SELECT.
 */
import type { Step } from "./backend.ts";
import { isWord } from "./sql-parts.ts";
import { tablesIn } from "./sql-tables.ts";
import type { Dialect, Token } from "./sql-tokens.ts";

const set = (words: string): ReadonlySet<string> => new Set(words.trim().split(/\s+/));

/** Each says what the tables are, and nothing of what is in them. */
const of_postgres = set(
  `pg_am pg_attrdef pg_attribute pg_cast pg_class pg_collation pg_constraint pg_depend pg_description pg_enum
   pg_extension pg_index pg_indexes pg_inherits pg_language pg_namespace pg_opclass pg_operator pg_proc pg_range
   pg_roles pg_settings pg_tables pg_trigger pg_type pg_views`,
);
const of_information_schema = set(
  `character_sets check_constraints collations columns constraint_column_usage domains engines key_column_usage
   parameters referential_constraints routines schemata table_constraints tables triggers views`,
);
/** In the same views, these change with the rows. */
const counts_rows =
  /\*|\b(reltuples|relpages|auto_increment|table_rows|data_length|data_free|cardinality|update_time|check_time)\b/;
const shows =
  /^show (full )?(fields|columns|tables|databases|schemas|variables|session variables|engines|collation|charset|character set|warnings)\b/;
const sets_session =
  /^set (session |local |@@session ?\. ?|@@)?(?!global|persist|password|default role|resource|constraints|@)[\w. ]+( (=|to|:=)|$| (isolation|characteristics|names|time zone))/;
/** The settings of a MySQL server, which SET GLOBAL changes; functions and casts that look for a table or a type. */
const looks_up =
  /@@|::|\bcast\b|\b(to_reg\w+|pg_(?!backend_pid)\w+|has_\w+|format_type|(obj|col)_description) \(/;
const plain_first = set(
  "select insert update delete replace with values table begin start commit end rollback savepoint release set show",
);

/**
 * @param bare the statement in lower case, with `q` in place of everything in quotes
 * @param is_known whether it calls only functions of which we know that they change no table
 * @param kind as `effectsOf` has found it
 */
export function catalogUseOf(
  tokens: readonly Token[],
  dialect: Dialect,
  { bare, is_known, kind }: { bare: string; is_known: boolean; kind: Step["kind"] },
): Step["catalog"] {
  const first = bare.replace(/^[( ]+/, "").split(" ", 1)[0] ?? "";
  if (!plain_first.has(first) || !is_known) return "may change";
  if (first === "set") return isOfSession(bare, dialect) ? "nothing" : "may change";
  if (first === "show") {
    if (dialect === "postgres") return "nothing";
    return shows.test(bare) ? "reads" : undefined;
  }
  if (kind !== "read" || isWord(tokens[0], "table")) return undefined;
  const tables = tablesIn(tokens);
  if (tables.length === 0) return looks_up.test(bare) ? "reads" : "nothing";
  const is_catalog = tables.every(({ schema, name }) => describes(schema, name, dialect));
  return is_catalog && !counts_rows.test(withoutCount(bare)) ? "reads" : undefined;
}

const withoutCount = (bare: string): string => bare.replaceAll("count ( * )", "");

/**
 * Without autocommit nothing is committed any more, and with it something may be. A snapshot of another transaction can
 * be had only while that is open.
 */
const isOfSession = (bare: string, dialect: Dialect): boolean =>
  sets_session.test(bare) &&
  !/\bselect\b|\btransaction snapshot\b/.test(bare) &&
  (dialect === "postgres" || !bare.includes("autocommit"));

function describes(schema: string | undefined, name: string, dialect: Dialect): boolean {
  const [of, what] = [schema?.toLowerCase(), name.toLowerCase()];
  if (of === "information_schema") return of_information_schema.has(what);
  return (
    dialect === "postgres" && (of === undefined || of === "pg_catalog") && of_postgres.has(what)
  );
}
