/**
 * A schema as `mysqldump` or `pg_dump` writes it, or as it was typed into a console. Some of its lines are for the console
 * and not for the server: `DELIMITER ;;`, `\connect shop`. Others make or choose a database: a lane has its own already.
 */
import type { Dialect } from "./sql-tokens.ts";

/** `/*!40000 DROP DATABASE …` is a statement, too. */
const about_databases = {
  mysql:
    /^[ \t]*(?:\/\*!\d+ +)?(?:(?:create|drop|alter)\s+(?:database|schema)\b[^;]*|use\s+[^;\n]+)(?:;|$)/gim,
  postgres: /^[ \t]*(?:create|drop|alter)\s+database\b[^;]*(?:;|$)/gim,
} as const;
const of_psql = /^\\.*$/gm;
const rows_of_copy = /^copy\b[^;]*\bfrom\s+stdin\b[^;]*;/im;
const delimiter_line = /^[ \t]*delimiter[ \t]+(\S+)[ \t]*$/gim;

/**
 * The texts to send to the server, one after the other.
 * @throws Error if it has rows that only `psql` can send
 */
export function textsOfDump(dump: string, dialect: Dialect): string[] {
  const text = dump.replace(about_databases[dialect], "");
  if (dialect === "mysql") return byDelimiter(text);
  if (rows_of_copy.test(text))
    throw new Error(
      "it has rows for COPY … FROM stdin: dump them with --inserts, or none with --schema-only.",
    );
  return [text.replace(of_psql, "")];
}

/** Behind `DELIMITER ;;` a statement ends with these signs, and may have semicolons inside: a trigger, a procedure. */
function byDelimiter(text: string): string[] {
  const [first = "", ...rest] = text.split(delimiter_line);
  const texts = [first];
  for (let i = 0; i < rest.length; i += 2) {
    const [delimiter = ";", part = ""] = [rest[i], rest[i + 1]];
    texts.push(...(delimiter === ";" ? [part] : part.split(delimiter)));
  }
  return texts.filter((one) => /\S/.test(one));
}
