/** Keys, fields and values of Redis are any bytes: those that are no text are compared, too. */
import { randomBytes } from "node:crypto";
import { Redis } from "ioredis";
import { expect, inject, test } from "vitest";
import { explore } from "../../library/explore.ts";
import type { Report } from "../../library/explore-results.ts";

const key = Buffer.from([0xff, 0x80, 0x41]);
const field = Buffer.from([0xfe, 0x00]);

const race = (run: (db: Redis, client: number) => Promise<unknown>): Promise<Report> =>
  explore({
    database: inject("servers").redis,
    repairs: false,
    client: (url) => new Redis(url),
    setup: (db) => db.flushdb(),
    // What is answered says nothing about it.
    run: (db, { client }) => run(db, client).then(() => "done"),
  });

/** The next of two bytes that are both no text. */
const next = (bytes: Buffer | null): Buffer => Buffer.from([bytes?.[0] === 0xf0 ? 0xf1 : 0xf0]);

test("a key that is no text", async () => {
  const racy = race(async (db) => db.set(key, Number(await db.get(key)) + 1));
  await expect(racy).rejects.toThrow("keys, key = x'ff8041': value = 1, there 2");
  expect((await race((db) => db.incr(key))).proof).toBe(true);
});

test("a field that is no text", async () => {
  const racy = race(async (db) => db.hset(key, field, Number(await db.hget(key, field)) + 1));
  await expect(racy).rejects.toThrow("there 2");
  expect((await race((db) => db.hincrby(key, field, 1))).proof).toBe(true);
});

test("a value that is no text", async () => {
  const racy = race(async (db) => db.set("state", next(await db.getBuffer("state"))));
  await expect(racy).rejects.toThrow("keys, key = state: value = x'f0', there x'f1'");
  const generated = race((db, client) => db.set(`token:${client}`, randomBytes(16)));
  expect((await generated).proof).toBe(true);
});
