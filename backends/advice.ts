/**
 * What to do about errors, of a server or of a driver's connection, that keep us from working there. One table for all
 * databases, as their codes do not overlap.
 */

const went_away = "the server went away; look at its log, and run again once it is back";
const is_busy = "wait until it is up, and run again";
const too_many = "let it take more connections, or run fewer clients";
const not_writable = "name the primary, or a user who may write";
const disk = "make room on its disk";
const more_memory = "give it more memory";
const more_time = "raise the time limit of this user";
const not_allowed =
  "raceproof needs all rights in what is its own: databases `raceproof_…`, keys `raceproof:…`";
const no_session =
  "a connection pooler such as pgbouncer does not keep the state of a session, which code under test may rely on; " +
  "name PostgreSQL itself";

/** Each pattern is matched against the error's code, a space, and its message. */
const advices: readonly (readonly [says: RegExp, instead: string])[] = [
  // PostgreSQL
  [/^25006 /, not_writable],
  // Now and then it calls its own time limit a "user request": the signal of the limit is sent twice.
  [/^57014 /, `${more_time}: ALTER ROLE … SET statement_timeout = '10s'`],
  [/^(57P05|25P03) /, "let idle sessions of this user live longer"],
  [/^53300 /, `${too_many} (max_connections, or the role's CONNECTION LIMIT)`],
  [/^53100 /, disk],
  [/^53[24]00 /, more_memory],
  [/^57P03 /, is_busy],
  [/^57P0[12] /, went_away],
  [/^42501 /, not_allowed],
  [/unsupported startup parameter|^26000 /, no_session],
  // Encryption
  [
    /does not support SSL|^HANDSHAKE_NO_SSL_SUPPORT |wrong version number/,
    "it does not encrypt; take sslmode or ssl out of its URL",
  ],
  [
    /no encryption|^ER_SECURE_TRANSPORT_REQUIRED /,
    "it wants encryption; add ?sslmode=require to the URL of PostgreSQL, ?ssl={} to that of MySQL",
  ],
  [
    /^(DEPTH_ZERO_SELF|SELF)_SIGNED_CERT|^UNABLE_TO_|^CERT_|self.signed certificate|unable to (verify|get)/,
    "nobody whom this machine trusts has signed its certificate; name its CA in NODE_EXTRA_CA_CERTS=ca.pem",
  ],
  [
    /^ERR_TLS_CERT_ALTNAME_INVALID |does not match certificate/,
    "its certificate is for another name; use that one in its URL",
  ],
  [
    /client certificate|_ALERT_(CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE)/,
    "it wants a certificate of ours; for PostgreSQL, add ?sslcert=FILE&sslkey=FILE to its URL",
  ],
  [/^E[MN]FILE /, "raise the limit of open files (ulimit -n), or run fewer clients"],
  // MySQL, MariaDB: one error number may have several names
  [/^ER_OPTION_PREVENTS_STATEMENT .*read.only|^ER_READ_ONLY_MODE /i, not_writable],
  [/^ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION /, not_writable],
  [/^(ER_QUERY_TIMEOUT|ER_STATEMENT_TIMEOUT) /, more_time],
  [
    /^(ER_CON_COUNT_ERROR|ER_TOO_MANY_USER_CONNECTIONS|ER_USER_LIMIT_REACHED) /,
    `${too_many} (max_connections, max_user_connections)`,
  ],
  [/^(ER_DISK_FULL|ER_RECORD_FILE_FULL) /, disk],
  [/^(ER_OUTOFMEMORY|ER_OUT_OF_RESOURCES) /, more_memory],
  [/^(ER_SERVER_SHUTDOWN|ER_NORMAL_SHUTDOWN|ER_CONNECTION_KILLED) /, went_away],
  [/^ER_(DBACCESS|TABLEACCESS|SPECIFIC_ACCESS|PROCACCESS)_DENIED_ERROR /, not_allowed],
  // Redis, Valkey
  [/^ READONLY /, not_writable],
  [/^ (LOADING|BUSY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN) /, is_busy],
  [/^ (MOVED|ASK|CROSSSLOT) /, "raceproof does not know clusters; name a server that stands alone"],
  [/^ NOPERM |ACL failure in script/, `${not_allowed} (ACL SETUSER … +@all ~raceproof:* &*)`],
  [/^ OOM /, `${more_memory} (maxmemory)`],
  [/^ MISCONF /, disk],
  [/^ ERR max number of clients/, `${too_many} (maxclients)`],
  // Drivers, about a connection that is over
  [/^(PROTOCOL_CONNECTION_LOST|ECONNRESET|EPIPE|ECONNABORTED|CONNECTION_LOSS) /, went_away],
  [/Connection (terminated|is closed)|socket hang up|in closed state| not queryable$/, went_away],
  [/^ECONNREFUSED /, "nobody listens there any more; start the server, and run again"],
];

/** Half a sentence; undefined for any other error. */
export const adviceOn = (code: string, message: string): string | undefined =>
  advices.find(([says]) => says.test(`${code} ${message}`))?.[1];

/** What is wrong with the server, or with our rights there: no program means these errors. */
const hindrances = [not_allowed, not_writable, more_time, more_memory, disk];

/** Whether the server says that nobody, or not we, can work with it as it is. */
export const isHindrance = (code: string, message: string): boolean => {
  const advice = adviceOn(code, message);
  return hindrances.some((hindrance) => advice?.startsWith(hindrance));
};
