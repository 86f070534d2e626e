/** What becomes of a lock in ZooKeeper when its holder pauses, and its session expires meanwhile. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Client as Zookeeper } from "node-zookeeper-client";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { type Backend, type Gate, type Isolation, open_gate } from "../../backends/backend.ts";
import { combined } from "../../backends/combined.ts";
import { connectMysql } from "../../backends/mysql/backend.ts";
import { connectPostgres } from "../../backends/postgres/backend.ts";
import { connectZookeeper } from "../../backends/zookeeper/backend.ts";
import { judgeLoad } from "../../matrix/load/judge-load.ts";
import { runLoad } from "../../matrix/load/load.ts";
import { seeded } from "../../matrix/load/random.ts";
import type { LoadResult } from "../../matrix/result.ts";
import type { Strategy } from "../../matrix/strategy.ts";
import type { Strategies } from "../../matrix/suite.ts";
import { counting } from "../../suites/counter/workload.ts";
import * as in_mysql from "../../suites/counter/zookeeper-lock/mysql.ts";
import * as in_postgres from "../../suites/counter/zookeeper-lock/postgres.ts";

const seed = Date.now() % 1_000_000;
console.log(`seed ${seed}`);
/** As long as a few increments take: meanwhile somebody else gets the lock. */
const pause_ms = 20;
const pauses_share = 0.1;
const size = { clients: 5, operations: 40, seed };

interface Both<Sql> {
  readonly sql: Sql;
  readonly zookeeper: Zookeeper;
}

/** Some holders pause just before they write, and their sessions expire meanwhile. */
function withPauses<Client>(
  backend: Backend<Client>,
  expire: () => Promise<void>,
): { readonly backend: Backend<Client>; readonly pauses: () => number } {
  const random = seeded(seed);
  let pauses = 0;
  const gate: Gate = {
    async pass(step, send) {
      const writes = step.statement.startsWith("UPDATE FencedCounter SET count_value");
      if (writes && random() < pauses_share) {
        pauses++;
        await expire();
        await pause(pause_ms);
      }
      return send();
    },
  };
  const open = (_: Gate, options: Parameters<typeof backend.open>[1]) =>
    backend.open(gate, options);
  return { backend: { ...backend, open }, pauses: () => pauses };
}

function paused<Sql>(
  name: string,
  isolation: Isolation,
  connect: () => Promise<Backend<Sql>>,
  { strategies, setUp }: Strategies<Both<Sql>>,
): void {
  describe(`a lock in ZooKeeper around ${name}, its holder paused beyond the end of its session`, () => {
    let backend: Backend<Both<Sql>>;
    let out: string;
    beforeAll(async () => {
      out = await mkdtemp(join(tmpdir(), "raceproof-zookeeper-"));
      const zookeeper = await connectZookeeper(inject("servers").zookeeper);
      backend = combined(await connect(), zookeeper, (sql, zookeeper) => ({ sql, zookeeper }));
      await using session = await backend.open(open_gate);
      await setUp?.(session.client);
    });
    afterAll(async () => {
      await backend[Symbol.asyncDispose]();
      await rm(out, { recursive: true });
    });

    async function load(strategy: Strategy<Both<Sql>>): Promise<LoadResult> {
      const key = `${strategy.name}-paused`;
      await using outside = await backend.open(open_gate);
      const { pauses, ...disturbed } = withPauses(backend, () =>
        strategy.expire!(outside.client, key),
      );
      const path = join(out, `${strategy.name}.jsonl`);
      const run = {
        ...size,
        ...disturbed,
        workload: counting,
        strategy,
        isolation,
        path,
        read_share: 0,
      };
      const timing = await runLoad({ ...run, keys: [key] });
      expect(pauses()).toBeGreaterThan(0);
      return await judgeLoad(path, size.clients * size.operations, counting, timing);
    }
    const named = (wanted: string): Strategy<Both<Sql>> =>
      strategies.find((strategy) => strategy.name === wanted)!;

    it("without a fence acknowledged increments are lost", async () => {
      const { anomaly, figures } = await load(named("zookeeper-lock"));
      expect(anomaly).toBe("lost update");
      expect(figures["lost"]).toBeGreaterThan(0);
    });

    it("with the zxid announced before the read none is, and the late are refused", async () => {
      const { anomaly, failed, verdict, acknowledged } = await load(named("zookeeper-lock-fenced"));
      expect([anomaly, verdict.verdict, verdict.reason]).toEqual([
        undefined,
        "valid",
        verdict.reason,
      ]);
      expect(failed["refused"]).toBeGreaterThan(0);
      expect(acknowledged).toBeGreaterThan(0);
    });
  });
}

paused(
  "PostgreSQL",
  "READ COMMITTED",
  () => connectPostgres(inject("servers").postgres),
  in_postgres,
);
paused("MySQL", "REPEATABLE READ", () => connectMysql(inject("servers").mysql), in_mysql);
