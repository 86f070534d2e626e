/** Which database a URL leads to: its scheme says so. One list for everything that begins with a URL. */
const by_scheme = {
  postgres: "postgres",
  postgresql: "postgres",
  mysql: "mysql",
  mariadb: "mysql",
  redis: "redis",
  rediss: "redis",
  http: "dynamodb",
  https: "dynamodb",
  zookeeper: "zookeeper",
} as const;

/** Servers that speak one protocol are of one kind: MariaDB is "mysql" here, Valkey "redis". */
export type DatabaseKind = (typeof by_scheme)[keyof typeof by_scheme];

/** What stands before the colon; empty when nothing does. */
export const schemeOf = (url: string): string => /^[a-z]+(?=:)/.exec(url)?.[0] ?? "";

/** @returns undefined for a scheme that no database of ours has */
export function databaseKindOf(url: string): DatabaseKind | undefined {
  const scheme = schemeOf(url);
  return Object.hasOwn(by_scheme, scheme) ? by_scheme[scheme as keyof typeof by_scheme] : undefined;
}

/** The schemes of these kinds, for messages. */
export const schemesOf = (kinds: readonly string[]): string[] =>
  Object.entries(by_scheme).flatMap(([scheme, kind]) => (kinds.includes(kind) ? [scheme] : []));
