/** rate-limiter-flexible: https://github.com/animir/node-rate-limiter-flexible */
import { Redis } from "ioredis";
import mysql from "mysql2";
import pg from "pg";
import { explore } from "raceproof";
import {
  type RateLimiterAbstract,
  RateLimiterMySQL,
  RateLimiterPostgres,
  RateLimiterRedis,
} from "rate-limiter-flexible";
import { describe, expect, test } from "vitest";

const rules = { points: 1, duration: 3600 };

/** Right for one visitor at a time: asks first, and counts afterwards. */
async function mayEnter(limiter: RateLimiterAbstract): Promise<boolean> {
  const counted = await limiter.get("alice");
  if (counted !== null && counted.consumedPoints >= rules.points) return false;
  await limiter.penalty("alice");
  return true;
}

/** Counts and decides in one. */
const mayEnterSafely = (limiter: RateLimiterAbstract): Promise<boolean> =>
  limiter.consume("alice").then(
    () => true,
    () => false,
  );

const table = (name: string) => `CREATE TABLE ${name} (
  \`key\` VARCHAR(255) PRIMARY KEY, points INT NOT NULL DEFAULT 0, expire BIGINT
)`;
const limit = { ...rules, tableName: "limits", tableCreated: true };

interface Gate {
  readonly limiter: RateLimiterAbstract;
  end(): unknown;
}

const databases = {
  redis: {
    client(url: string): Gate {
      const storeClient = new Redis(url);
      return {
        limiter: new RateLimiterRedis({ ...rules, storeClient }),
        end: () => storeClient.quit(),
      };
    },
  },
  postgres: {
    schema: table("limits").replaceAll("`", ""),
    client(url: string): Gate {
      const storeClient = new pg.Pool({ connectionString: url });
      return {
        limiter: new RateLimiterPostgres({ ...limit, storeClient, clearExpiredByTimeout: false }),
        end: () => storeClient.end(),
      };
    },
  },
  mysql: {
    schema: table("limits"),
    client(url: string): Gate {
      const storeClient = mysql.createPool(url);
      const dbName = new URL(url).pathname.slice(1);
      return {
        limiter: new RateLimiterMySQL({
          ...limit,
          dbName,
          storeClient,
          clearExpiredByTimeout: false,
        }),
        end: () => storeClient.end(),
      };
    },
  },
};

describe.each(["redis", "postgres", "mysql"] as const)("%s", (database) => {
  const program = (run: (limiter: RateLimiterAbstract) => Promise<boolean>) => ({
    database,
    ...databases[database],
    setup: ({ limiter }: Gate) => limiter.delete("alice"),
    run: ({ limiter }: Gate) => run(limiter),
  });

  test("two visitors at once", async () => {
    await expect(explore(program(mayEnter))).rejects.toThrow(/unlike any serial order/);
  });

  test("repaired", async () => {
    const report = await explore(program(mayEnterSafely));
    expect(report.text).toContain("proof for this size");
  });
});
