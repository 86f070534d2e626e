import type { Redis } from "ioredis";
import type { Backend, Gate, OpenOptions, Session } from "./backend.ts";

/** The connections of an application that keeps its data in SQL and its locks in Redis. */
export interface SqlAndRedis<Sql> {
  readonly sql: Sql;
  readonly redis: Redis;
}

/**
 * Two backends as one: a session is a connection to each, behind the same gate.
 * A lost reply is always a reply of the SQL connection. Disposing of it disposes of both.
 *
 * @param locks where the application keeps its locks: a server that never holds a request
 * @param both what the application's code gets
 */
export function combined<Sql, Locks, Both>(
  sql: Backend<Sql>,
  locks: Backend<Locks>,
  both: (sql: Sql, locks: Locks) => Both,
): Backend<Both> {
  const parts = new WeakMap<Session<Both>, Session<Sql>>();
  const of_locks = new WeakSet<object>();
  const noting = (gate: Gate): Gate => ({
    pass: (step, send) =>
      gate.pass(step, () =>
        send().catch((error: unknown) => {
          if (typeof error === "object" && error !== null) of_locks.add(error);
          throw error;
        }),
      ),
  });
  const ownerOf = (error: unknown): Backend<Sql> | Backend<Locks> =>
    typeof error === "object" && error !== null && of_locks.has(error) ? locks : sql;

  return {
    name: `${sql.name}+${locks.name}`,
    server: `${sql.server}, ${locks.server}`,
    prefix: locks.prefix,
    isolations: sql.isolations,
    async open(gate: Gate, options?: OpenOptions) {
      const sql_session = await sql.open(gate, options);
      const locks_session = await locks.open(noting(gate));
      const session: Session<Both> = {
        client: both(sql_session.client, locks_session.client),
        loseNextReply: () => sql_session.loseNextReply(),
        get connections() {
          return sql_session.connections ?? [];
        },
        get alive() {
          return sql_session.alive && locks_session.alive;
        },
        async [Symbol.asyncDispose]() {
          await locks_session[Symbol.asyncDispose]();
          await sql_session[Symbol.asyncDispose]();
        },
      };
      parts.set(session, sql_session);
      return session;
    },
    async waiting(sessions) {
      const waiting = await sql.waiting(sessions.map((session) => parts.get(session)!));
      return new Set(sessions.filter((session) => waiting.has(parts.get(session)!)));
    },
    ...(sql.interventions ? { interventions: () => sql.interventions!() } : {}),
    ...(sql.heldUpBy ? { heldUpBy: (held) => sql.heldUpBy!(held) } : {}),
    ...(sql.contents
      ? {
          contents: async (key: string) =>
            new Map([...(await sql.contents!(key)), ...((await locks.contents?.(key)) ?? [])]),
        }
      : {}),
    outcome: (error) => ownerOf(error).outcome(error),
    code: (error) => ownerOf(error).code(error),
    async [Symbol.asyncDispose]() {
      await sql[Symbol.asyncDispose]();
      await locks[Symbol.asyncDispose]();
    },
  };
}
