/** Servers that are someone else's, given by URL: we touch only our own databases, tables and key prefixes there. */
import type { Server, ServerKind } from "./server.ts";
import { ServerUnavailable } from "./unavailable.ts";

interface Address {
  readonly variable: string;
  readonly schemes: readonly string[];
}

const addresses: Readonly<Record<ServerKind, Address>> = {
  mysql: { variable: "RACEPROOF_MYSQL_URL", schemes: ["mysql"] },
  mariadb: { variable: "RACEPROOF_MARIADB_URL", schemes: ["mariadb", "mysql"] },
  postgres: { variable: "RACEPROOF_POSTGRES_URL", schemes: ["postgres", "postgresql"] },
  redis: { variable: "RACEPROOF_REDIS_URL", schemes: ["redis", "rediss"] },
  valkey: { variable: "RACEPROOF_VALKEY_URL", schemes: ["redis", "rediss"] },
  dynamodb: { variable: "RACEPROOF_DYNAMODB_ENDPOINT", schemes: ["http", "https"] },
  zookeeper: { variable: "RACEPROOF_ZOOKEEPER_URL", schemes: ["zookeeper"] },
};

/** The environment variable that names a server of this kind. */
export const variableOf = (kind: ServerKind): string => addresses[kind].variable;

/** The URL that the environment gives for this kind of server. */
export function urlOf(kind: ServerKind): string | undefined {
  return process.env[addresses[kind].variable] || undefined;
}

/** Only reads the URL; whether a server answers there is not tried. @throws ServerUnavailable */
export function urlServer(kind: ServerKind, text: string): Server {
  const { schemes, variable } = addresses[kind];
  const example = `${schemes[0]}://HOST:PORT`;
  const plain = withHost(text);
  const url = URL.canParse(plain) ? new URL(plain) : undefined;
  const is_readable = url !== undefined && (kind === "postgres" || isDecodable(url));
  if (!is_readable || !schemes.includes(url.protocol.slice(0, -1)) || url.hostname === "") {
    throw new ServerUnavailable(
      `The URL of the ${kind} server cannot be read (it may hold a password, so it is not shown): write ` +
        `${example} (in ${variable} or --server ${kind}=URL). In user and password, write / as %2F, @ as %40, ` +
        ": as %3A, # as %23, ? as %3F, % as %25.",
    );
  }
  return {
    kind,
    url: plain,
    source: "url",
    origin: whereOf(url),
    async [Symbol.asyncDispose]() {},
  };
}

/** A driver decodes user and password; only that of PostgreSQL takes a % as it is. */
function isDecodable({ username, password }: URL): boolean {
  try {
    for (const part of [username, password]) decodeURIComponent(part);
    return true;
  } catch {
    return false;
  }
}

/**
 * A Unix socket can be written in several ways. Each gets a host, so that every parser takes it for a URL:
 * `redis+unix://:password@/run/redis.sock?db=3`, `mysql://user@/?socketPath=…`, `postgres:///db?host=/run/…`.
 */
function withHost(text: string): string {
  const hosted = text.replace(/^([a-z+]+:\/\/)([^@/?#]*@)?(?=\/)/, "$1$2localhost");
  const [, login, path, db] =
    /^redis\+unix:\/\/([^@/]*@)?localhost(\/[^?]+)(?:\?db=(\d+))?$/.exec(hosted) ?? [];
  if (path === undefined) return hosted;
  return `redis://${login ?? ""}localhost/${db ?? ""}?socketPath=${encodeURIComponent(path)}`;
}

/**
 * Built only from the parts that cannot hold a password. The path of a socket is not among them; nor is that of a
 * DynamoDB Local of ours, which is its secret.
 */
function whereOf({ protocol, host, pathname }: URL): string {
  const has_database = pathname !== "/" && !protocol.startsWith("http");
  return `${protocol}//${host}${has_database ? pathname : ""}`;
}
