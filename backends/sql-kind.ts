import type { Step } from "./backend.ts";

/** Functions and keywords before a parenthesis that change nothing, hold nothing and wait for nothing. */
const harmless = new Set(
  `all and any array as avg between by case cast coalesce concat count distinct else exists except extract
   filter first_value from greatest having if ifnull in intersect is join json_extract last_value least length
   like limit lower max min not nullif offset on or order over partition rank round row_number select some sum
   then trim union upper using values when where with abs ceil floor substring left right mod now`.split(
    /\s+/,
  ),
);
const locking = /^(get_lock|pg_(try_)?advisory_(xact_)?lock(_shared)?)$/;
const row_lock = /\bfor (no key )?update\b|\bfor (key )?share\b|\block in share mode\b/;

/**
 * What a statement can mean to others, from its text alone. Conservative: whatever is not certainly
 * harmless is a `write`; `other` touches only the session itself.
 */
export function kindOf(sql: string): Step["kind"] {
  const text = sql
    .replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`/g, " q")
    .replace(/\s+/g, " ")
    .replace(/[ ;]+$/, "")
    .trim()
    .toLowerCase();
  // Several statements, comments, escapes and dollar quotes: not worth a parser.
  if (/[;\\#]|--|\/\*|\$\w*\$/.test(text) || sql.includes("\\")) return "write";
  if (/^(begin|start transaction)\b/.test(text))
    return text.includes("snapshot") ? "write" : "begin";
  if (/^(commit|end)( work| transaction)?$/.test(text)) return "commit";
  if (/^rollback( work| transaction)?$/.test(text)) return "rollback";
  if (/^set (local|session|transaction)\b[^(]*$/.test(text) && !text.includes("autocommit"))
    return "other";
  if (/^(savepoint|release savepoint|release) \w+$/.test(text)) return "other";
  return /^\(*(select|table|values)\b/.test(text) ? kindOfQuery(text) : "write";
}

function kindOfQuery(text: string): "read" | "lock" | "write" {
  if (/\binto\b|:=/.test(text)) return "write";
  let kind: "read" | "lock" = row_lock.test(text) ? "lock" : "read";
  for (const [, name] of text.matchAll(/([\w.]+) ?\(/g)) {
    if (locking.test(name!)) kind = "lock";
    else if (!harmless.has(name!)) return "write";
  }
  return kind;
}
