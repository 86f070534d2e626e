import type { Redis } from "ioredis";
import type { Backend, Gate, OpenOptions, Session } from "./backend.ts";

/** What an application has that keeps its data in SQL and its locks in Redis. */
export interface SqlAndRedis<Sql> {
  readonly sql: Sql;
  readonly redis: Redis;
}

/**
 * Two backends as one: a session is a connection to each, behind the same gate.
 * A lost reply is one of the SQL connection. Disposes of neither backend: they were here before.
 */
export function combined<Sql>(sql: Backend<Sql>, redis: Backend<Redis>): Backend<SqlAndRedis<Sql>> {
  const parts = new WeakMap<Session<SqlAndRedis<Sql>>, Session<Sql>>();
  const redis_errors = new WeakSet<object>();
  const noting = (gate: Gate): Gate => ({
    pass: (step, send) =>
      gate.pass(step, () =>
        send().catch((error: unknown) => {
          if (typeof error === "object" && error !== null) redis_errors.add(error);
          throw error;
        }),
      ),
  });
  const ownerOf = (error: unknown): Backend<Sql> | Backend<Redis> =>
    typeof error === "object" && error !== null && redis_errors.has(error) ? redis : sql;

  return {
    name: `${sql.name}+${redis.name}`,
    server: `${sql.server}, ${redis.server}`,
    prefix: redis.prefix,
    isolations: sql.isolations,
    async open(gate: Gate, options?: OpenOptions) {
      const sql_session = await sql.open(gate, options);
      const redis_session = await redis.open(noting(gate));
      const session: Session<SqlAndRedis<Sql>> = {
        client: { sql: sql_session.client, redis: redis_session.client },
        loseNextReply: () => sql_session.loseNextReply(),
        get alive() {
          return sql_session.alive && redis_session.alive;
        },
        async [Symbol.asyncDispose]() {
          await redis_session[Symbol.asyncDispose]();
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
    outcome: (error) => ownerOf(error).outcome(error),
    code: (error) => ownerOf(error).code(error),
    async [Symbol.asyncDispose]() {},
  };
}
