import type { Address } from "../backends/door-target.ts";
import type { ServerKind } from "../servers/server.ts";

/** What a template may ask for. */
export const template_words = ["url", "host", "port", "user", "password", "database"] as const;
type Word = (typeof template_words)[number];

/** A variable whose value is made anew for each client: `DB=mysql:host={host};port={port}`. */
export interface Template {
  readonly name: string;
  readonly text: string;
}

/** The address of a database of one kind. */
export interface Place {
  readonly kind: ServerKind;
  readonly address: Address;
}

/** @param addresses by kind, in the order of the databases */
export const placesOf = (addresses: Readonly<Record<string, Address>>): Place[] =>
  Object.entries(addresses).map(([kind, address]) => ({ kind: kind as ServerKind, address }));

/** A template that asks for what there is not. */
export class BadTemplate extends Error {}

/**
 * What a client finds in its environment: where its databases are. Of several the first is the one that a plain
 * `{host}` means; others are named, `{redis.host}`.
 *
 * @throws BadTemplate
 */
export function environmentOf(
  places: readonly Place[],
  templates: readonly Template[],
): Record<string, string> {
  const [first] = places;
  const sql = places.find(({ address }) => /^(mysql|mariadb|postgres)/.test(address.url));
  return {
    ...Object.assign({}, ...places.map(({ address }) => address.environment)),
    ...(first ? { DATABASE_URL: (sql ?? first).address.url } : {}),
    ...Object.fromEntries(templates.map(({ name, text }) => [name, filled(text, places)])),
  } as Record<string, string>;
}

function filled(text: string, places: readonly Place[]): string {
  return text.replace(/\{(?:(\w+)\.)?(\w+)\}/g, (asked: string, kind: string, word: string) => {
    const place = kind === undefined ? places[0] : places.find((place) => place.kind === kind);
    if (place === undefined || !isWord(word))
      throw new BadTemplate(
        `there is no ${asked}; a template may have ${template_words.map((w) => `{${w}}`).join(", ")}, or {${places[0]?.kind ?? "mysql"}.host} and the like.`,
      );
    return wordsOf(place.address)[word];
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
