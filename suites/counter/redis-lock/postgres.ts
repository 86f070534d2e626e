import type { Client } from "pg";
import type { SqlAndRedis } from "../../../backends/combined.ts";
import { kept } from "../../../matrix/promise.ts";
import type { Strategy } from "../../../matrix/strategy.ts";
import { prepare, read, setUp as setUpTables } from "../postgres/counter-table.ts";
import { lost_update } from "../promises.ts";
import { withRedisLock } from "./lock.ts";

export const setUp = ({ sql }: SqlAndRedis<Client>): Promise<void> => setUpTables(sql);

/** A lock in Redis around a read-write in PostgreSQL: works until the lock expires while its holder is at work. */
const redisLock: Strategy<SqlAndRedis<Client>> = {
  name: "redis-lock",
  declared: { ...kept, when: { lock_lost: lost_update }, under_load: ["refused"] },
  async prepare({ sql, redis }, id) {
    await redis.del(id);
    await prepare(sql, id);
  },
  read: ({ sql }, id) => read(sql, id),
  expire: async ({ redis }, id) => void (await redis.del(id)),
  run({ sql, redis }, id, _, { backoff }) {
    return withRedisLock(redis, id, backoff, async () => {
      const next = (await read(sql, id)) + 1;
      await sql.query("UPDATE Counter SET count_value = $1 WHERE id = $2", [next, id]);
      return next;
    });
  },
};

export const strategies: readonly Strategy<SqlAndRedis<Client>>[] = [redisLock];
