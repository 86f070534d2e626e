import type { Step } from "./backend.ts";
import { catalogUseOf } from "./sql-catalog.ts";
import { type Dialect, mayHoldSeveral, statementsOf, type Token } from "./sql-tokens.ts";

const set = (words: string): ReadonlySet<string> => new Set(words.trim().split(/\s+/));

/** Functions and keywords before a parenthesis that change nothing, hold nothing and wait for nothing. */
const harmless = set(
  `abs all and any array array_agg as avg between bigint binary by case cast ceil char coalesce concat concat_ws
   connection_id count current_database current_schema current_setting database date_add date_sub date_trunc
   datetime decimal distinct else except exists extract filter first_value floor from generate_series greatest
   group_concat hashtext hashtextextended having if ifnull in int integer intersect interval is join json_agg
   json_array json_arrayagg json_build_object json_extract json_object json_unquote jsonb_agg jsonb_build_object
   last_value least left length like limit lower ltrim max md5 min mod not now nullif numeric offset on or order
   over partition pg_backend_pid position rank replace right round row row_number rtrim schema select some
   string_agg substr substring sum then timestamp to_char to_regclass trim union unnest upper using values varchar
   version when where with`,
);
/** The same: what libraries ask of a database before they begin. */
const of_catalog = set(
  `array_length array_position array_to_string col_description current_schemas current_user format_type
   generate_subscripts has_schema_privilege has_table_privilege obj_description pg_encoding_to_char pg_get_constraintdef
   pg_get_expr pg_get_indexdef pg_get_serial_sequence pg_get_userbyid pg_table_is_visible pg_type_is_visible quote_ident
   regexp_replace session_user string_to_array user version`,
);
/** Functions that change something, or take time, but touch no lock. */
const without_locks = set(
  `benchmark clock_timestamp currval gen_random_uuid last_insert_id lastval nextval pg_sleep rand random setval sleep
   uuid uuid_short`,
);
/** Functions that take a lock of the session; then of its transaction; then that release one. */
const locks_of_session = set(
  "get_lock pg_advisory_lock pg_advisory_lock_shared pg_try_advisory_lock pg_try_advisory_lock_shared",
);
const locks_of_transaction = set(
  "pg_advisory_xact_lock pg_advisory_xact_lock_shared pg_try_advisory_xact_lock pg_try_advisory_xact_lock_shared",
);
const unlocks = set(
  "pg_advisory_unlock pg_advisory_unlock_all pg_advisory_unlock_shared release_lock release_all_locks",
);
const changes_rows = set("insert update delete merge replace with select execute");
/** In MySQL these commit whatever transaction there is. */
const changes_rows_of_postgres = set(
  "truncate refresh create alter drop comment grant revoke security explain table values",
);
/** What PostgreSQL does in no transaction of others. */
const never_in_transaction =
  /^(?!refresh\b).*\bconcurrently\b|^(create|drop|alter) (database|tablespace|subscription|system)\b/;
/** Statements that change rows only through functions. */
const calls_functions = set("do set table values explain");
const plain = set("insert update delete merge replace with select table values");
const edges = set("begin commit rollback");
const sees = set("read lock write");
/** On PostgreSQL these settings end with their transaction; on MySQL, SET TRANSACTION is for the next one. */
const of_transaction = /^set (local|transaction)\b/;
const row_lock = /\bfor (no key )?update\b|\bfor (key )?share\b|\block in share mode\b/;

/** Whether a function certainly changes no row of a table. */
export const changesNoTable = (name: string): boolean => known(name) || unlocks.has(name);

const isHarmless = (name: string): boolean => harmless.has(name) || of_catalog.has(name);

const known = (name: string): boolean =>
  isHarmless(name) ||
  without_locks.has(name) ||
  locks_of_session.has(name) ||
  locks_of_transaction.has(name);

/** What the text of a statement tells about its effects on others. */
export interface SqlEffects {
  /** Conservative: anything that is not certainly harmless is a `write`; `other` affects only the session itself. */
  readonly effects: Pick<
    Step,
    "kind" | "mayUnlock" | "leavesBehind" | "serverWide" | "isDivisible"
  >;
  /** What it has to do with the description of the tables. */
  readonly catalog: Step["catalog"];
  /** It changes autocommit for the statements after it. */
  readonly sets_autocommit: boolean;
  /** One statement that, outside a transaction, runs and then commits by itself. */
  readonly commits_itself: boolean;
  /** Undefined if the text cannot be read for certain. */
  readonly statements: readonly (readonly Token[])[] | undefined;
}

export function effectsOf(sql: string, dialect: Dialect): SqlEffects {
  const statements = statementsOf(sql, dialect);
  const all = (statements ?? []).map((tokens) => effectsOfOne(tokens, dialect));
  const [only, ...others] = all;
  const kind = only === undefined || others.length > 0 ? "write" : only.kind;
  return {
    effects: {
      kind,
      mayUnlock: all.length === 0 || all.some((one) => one.mayUnlock),
      leavesBehind: all.length === 0 || all.some((one) => one.leavesBehind),
      serverWide: all.some((one) => one.serverWide),
      isDivisible:
        (statements === undefined && mayHoldSeveral(sql)) ||
        all.filter((one) => sees.has(one.kind)).length > 1 ||
        all.some((one) => runsOthers(one.bare, dialect)),
    },
    catalog: catalogUseOfAll(all.map(({ catalog }) => catalog)),
    sets_autocommit: /autocommit/i.test(statements ? all.map(({ bare }) => bare).join() : sql),
    commits_itself: others.length === 0 && only !== undefined && commitsItself(only, dialect),
    statements,
  };
}

/** @param uses of the statements of one text; none if it cannot be read */
function catalogUseOfAll(uses: readonly Step["catalog"][]): Step["catalog"] {
  if (uses.length === 0 || uses.includes("may change")) return "may change";
  if (uses.includes(undefined)) return undefined;
  return uses.includes("reads") ? "reads" : "nothing";
}

function effectsOfOne(tokens: readonly Token[], dialect: Dialect) {
  const bare = bareText(tokens);
  const functions = functionsIn(tokens);
  const first = bare.replace(/^[( ]+/, "").split(" ", 1)[0] ?? "";
  const kind = kindOfOne(bare, first, functions);
  const is_plain =
    (plain.has(first) || edges.has(kind) || kind === "other") && functions.every(known);
  return {
    bare,
    first,
    functions,
    kind,
    catalog: catalogUseOf(tokens, dialect, { bare, kind, is_known: functions.every(known) }),
    mayUnlock: !is_plain,
    leavesBehind:
      !is_plain ||
      (first === "set" && !(dialect === "postgres" && of_transaction.test(bare))) ||
      functions.some((name) => locks_of_session.has(name)),
    serverWide: functions.includes("get_lock"),
  };
}

function kindOfOne(text: string, first: string, functions: readonly string[]): Step["kind"] {
  if (/^(begin|start transaction)\b/.test(text))
    return text.includes("snapshot") ? "write" : "begin";
  if (/^(commit|end)( work| transaction)?$/.test(text)) return "commit";
  if (/^rollback( work| transaction)?$/.test(text)) return "rollback";
  if (/^set (local|session|transaction)\b[^(]*$/.test(text) && !/autocommit|snapshot/.test(text))
    return "other";
  if (/^(savepoint|release savepoint|release) \w+$/.test(text)) return "other";
  if (!["select", "table", "values"].includes(first)) return "write";
  if (/\binto\b|:=|\bnext value for\b/.test(text)) return "write";
  let kind: Step["kind"] = row_lock.test(text) ? "lock" : "read";
  for (const name of functions) {
    if (locks_of_session.has(name) || locks_of_transaction.has(name)) kind = "lock";
    else if (!isHarmless(name)) return "write";
  }
  return kind;
}

function commitsItself(
  { kind, first, bare, functions }: ReturnType<typeof effectsOfOne>,
  dialect: Dialect,
): boolean {
  if (kind !== "write") return false;
  if (changes_rows.has(first)) return true;
  if (dialect === "postgres")
    return changes_rows_of_postgres.has(first) && !never_in_transaction.test(bare);
  return calls_functions.has(first) && !functions.every(changesNoTable);
}

/**
 * Whether a statement runs others, each of which sees what was committed before it; some of them may commit, too. And
 * COPY, whose commit is no step of its own: its rows come later than it.
 */
const runsOthers = (text: string, dialect: Dialect): boolean =>
  /^call\b/.test(text) ||
  (dialect === "postgres" ? /^(do|copy\b.* from)\b/ : /^(load|begin not atomic)\b/).test(text);

/** A statement in lower case, with `q` in place of everything in quotes. */
export function bareText(tokens: readonly Token[]): string {
  const quoted = new Set<Token["kind"]>(["name", "text", "bits"]);
  return tokens.map(({ kind, text }) => (quoted.has(kind) ? "q" : text.toLowerCase())).join(" ");
}

/** The names before parentheses, except the table of an INSERT; a name with a schema is a user-defined function. */
export function functionsIn(tokens: readonly Token[]): string[] {
  return tokens.flatMap(({ kind, text }, i) => {
    if (tokens[i + 1]?.text !== "(" || tokens[i + 1]?.kind !== "sign") return [];
    // In MySQL's ANSI mode, a text in double quotes is a name.
    if (!["word", "name", "text"].includes(kind)) return [];
    let from = i;
    while (tokens[from - 1]?.text === "." && tokens[from - 1]?.kind === "sign") from -= 2;
    const before = tokens[from - 1];
    if (before?.kind === "word" && ["into", "conflict"].includes(before.text)) return [];
    if (kind === "word" && text === "conflict") return [];
    const is_own = from < i && tokens[from]?.text !== "pg_catalog";
    return [is_own ? `${tokens[from]?.text}.${text}` : text];
  });
}
