import type { Address } from "../backends/door-target.ts";
import type { ServerKind } from "../servers/server.ts";

/** The words that a template may contain in braces. */
export const template_words = ["url", "host", "port", "user", "password", "database"] as const;
type Word = (typeof template_words)[number];

/** A variable whose value is made anew for each client: `DB=mysql:host={host};port={port}`. */
export interface Template {
  readonly name: string;
  readonly text: string;
}

/** The address of a database of one kind; or of an app, for templates. */
export interface Database {
  readonly kind: ServerKind | "app";
  readonly address: Address;
}

/** @param addresses by kind, in the order of the databases */
export const databasesOf = (addresses: Readonly<Record<string, Address>>): Database[] =>
  Object.entries(addresses).map(([kind, address]) => ({ kind: kind as ServerKind, address }));

/** A template asks for something that does not exist. */
export class BadTemplate extends Error {}

/**
 * The environment variables that tell a client where its databases are. With several databases, a plain `{host}` means
 * the first one; the others are named, as in `{redis.host}`.
 *
 * @throws BadTemplate
 */
export function environmentOf(
  databases: readonly Database[],
  templates: readonly Template[],
): Record<string, string> {
  const [first] = databases;
  const sql = databases.find(({ address }) => /^(mysql|mariadb|postgres)/.test(address.url));
  return {
    ...Object.assign({}, ...databases.map(({ address }) => address.environment)),
    ...(first ? { DATABASE_URL: (sql ?? first).address.url } : {}),
    ...Object.fromEntries(templates.map(({ name, text }) => [name, filled(text, databases)])),
  } as Record<string, string>;
}

function filled(text: string, databases: readonly Database[]): string {
  return text.replace(/\{(?:(\w+)\.)?(\w+)\}/g, (asked: string, kind: string, word: string) => {
    const database =
      kind === undefined ? databases[0] : databases.find((database) => database.kind === kind);
    if (database === undefined || !isWord(word))
      throw new BadTemplate(
        `there is no ${asked}; a template may have ${template_words.map((w) => `{${w}}`).join(", ")}, or {${databases[0]?.kind ?? "mysql"}.host} and the like.`,
      );
    return wordsOf(database.address)[word];
  });
}

const isWord = (word: string): word is Word => (template_words as readonly string[]).includes(word);

function wordsOf({ url: href }: Address): Record<Word, string> {
  const url = new URL(href);
  return {
    url: href,
    host: url.hostname,
    port: url.port,
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)),
  };
}
