import type { Connection } from "mysql2/promise";
import type { SqlAndRedis } from "../../../backends/combined.ts";
import { kept } from "../../../matrix/promise.ts";
import type { Strategy } from "../../../matrix/strategy.ts";
import { prepare, read, setUp as setUpTables } from "../mysql/counter-table.ts";
import { lost_update } from "../promises.ts";
import { withRedisLock } from "./lock.ts";

export const setUp = ({ sql }: SqlAndRedis<Connection>): Promise<void> => setUpTables(sql);

/** A lock in Redis around a read-write in MySQL: works until the lock expires while its holder is at work. */
const redisLock: Strategy<SqlAndRedis<Connection>> = {
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
      await sql.query("UPDATE Counter SET count_value = ? WHERE id = ?", [next, id]);
      return next;
    });
  },
};

export const strategies: readonly Strategy<SqlAndRedis<Connection>>[] = [redisLock];
