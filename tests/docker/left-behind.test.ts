/** However a run ends, none of its containers stays; and two runs at once do not touch each other's. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, test, vi } from "vitest";
import { command } from "../../command.test-support.ts";
import { startContainer } from "../../servers/container.ts";
import { docker } from "../../servers/containers/docker.ts";
import { containerRecipe } from "../../servers/containers/recipes.ts";
import { imageOf } from "../../servers/images.ts";
import { containersOf, imageWithEntry } from "./broken-image.ts";

const out = mkdtempSync(join(tmpdir(), "raceproof-docker-"));
afterAll(() => rmSync(out, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

/** A run that would go on for hours. */
function longRun(image: string, ...more: string[]): ChildProcess {
  const what = [
    "run",
    "--backend",
    "redis",
    "--workload",
    "counter",
    "--strategy",
    "incr",
    "--server",
    "redis=container",
  ];
  const size = ["--schedules", "0", "--increments", "1000000", "--out", out];
  return spawn(process.execPath, [command, ...what, ...size, ...more], {
    env: { ...process.env, RACEPROOF_REDIS_IMAGE: image },
    stdio: ["ignore", "ignore", "pipe"],
  });
}

/** Until the run prints what is wanted; fails when it ends before. */
async function prints(run: ChildProcess, wanted: RegExp): Promise<void> {
  let said = "";
  for await (const part of run.stderr!) {
    said += String(part);
    if (wanted.test(said)) return;
  }
  throw new Error(`The run ended without printing ${wanted}: ${said}`);
}

/** What another command of ours prints. */
async function said(name: string): Promise<string> {
  const child = spawn(process.execPath, [command, name], { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  for await (const part of child.stdout) text += String(part);
  return text;
}

const patience = { timeout: 30_000 };

test("Ctrl-C in the middle of a run", async () => {
  const script = 'exec redis-server "$@"';
  await using redis = await imageWithEntry(imageOf("redis"), "interrupted", script);
  const run = longRun(redis.image);
  await prints(run, /incr/);
  run.kill("SIGINT");
  expect(await once(run, "exit")).toEqual([130, null]);
  expect(await containersOf(redis.image)).toBe("");
});

test("Ctrl-C while the server is held by a fault", async () => {
  const script = 'exec redis-server "$@"';
  await using redis = await imageWithEntry(imageOf("redis"), "held", script);
  const run = longRun(redis.image, "--fault", "pause");
  const paused = ["ps", "-q", "--filter", `ancestor=${redis.image}`, "--filter", "status=paused"];
  await expect.poll(() => docker(paused), patience).not.toBe("");
  run.kill("SIGINT");
  expect(await once(run, "exit")).toEqual([130, null]);
  expect(await containersOf(redis.image)).toBe("");
});

test("kill -9 in the middle of a run", async () => {
  const script = 'exec redis-server "$@"';
  await using redis = await imageWithEntry(imageOf("redis"), "killed", script);
  const run = longRun(redis.image);
  await prints(run, /incr/);
  run.kill("SIGKILL");
  await expect.poll(() => containersOf(redis.image), patience).toBe("");
});

async function killWithItsKeeper(run: ReturnType<typeof longRun>): Promise<void> {
  const children = `/proc/${run.pid}/task/${run.pid}/children`;
  const keepers = readFileSync(children, "utf8").split(" ").filter(Boolean).map(Number);
  for (const keeper of keepers) process.kill(keeper, "SIGKILL");
  run.kill("SIGKILL");
  await once(run, "exit");
}

test("kill -9 of a run and of its keeper: the next run removes the container, and only that one", async () => {
  const script = 'exec redis-server "$@"';
  await using redis = await imageWithEntry(imageOf("redis"), "kept", script);
  const run = longRun(redis.image);
  await prints(run, /incr/);
  await killWithItsKeeper(run);
  const left = await containersOf(redis.image);
  expect(left).not.toBe("");
  const listed = await said("list");
  expect(listed).toMatch(/^this machine: container \S+, of a run that is over \(process/m);
  const next = longRun(redis.image);
  // It says what it removes; but a run of another test may have come first.
  await prints(next, /incr/);
  const now = await containersOf(redis.image);
  expect([now.split("\n").length, now.includes(left)]).toEqual([1, false]);
  const third = longRun(redis.image, "--out", join(out, "third"));
  await prints(third, /incr/);
  expect(await containersOf(redis.image)).toContain(now);
  const cleaned = await said("clean");
  expect(cleaned).toMatch(/^this machine: stays: container \S+, of a run that goes on/m);
  expect(cleaned).not.toContain("removed container");
  expect((await containersOf(redis.image)).split("\n")).toHaveLength(2);
  for (const one of [next, third]) {
    one.kill("SIGINT");
    await once(one, "exit");
  }
  expect(await containersOf(redis.image)).toBe("");
});

test("kill -9 of a run and of its keeper: clean removes the container", async () => {
  const script = 'exec redis-server "$@"';
  await using redis = await imageWithEntry(imageOf("redis"), "cleaned", script);
  const run = longRun(redis.image);
  await prints(run, /incr/);
  await killWithItsKeeper(run);
  expect(await containersOf(redis.image)).not.toBe("");
  expect(await said("clean")).toMatch(
    /^this machine: removed container \S+, of a run that is over \(process/m,
  );
  expect(await containersOf(redis.image)).toBe("");
});

test("kill -9 in the middle of a start", async () => {
  await using slow = await imageWithEntry(imageOf("redis"), "slow", "exec sleep 1000");
  const run = longRun(slow.image);
  await expect.poll(() => containersOf(slow.image), patience).not.toBe("");
  run.kill("SIGKILL");
  await expect.poll(() => containersOf(slow.image), patience).toBe("");
});

test("an interrupted start", async () => {
  await using slow = await imageWithEntry(imageOf("redis"), "never", "exec sleep 1000");
  vi.stubEnv("RACEPROOF_REDIS_IMAGE", slow.image);
  const interruption = new AbortController();
  const { signal } = interruption;
  const started = startContainer("redis", { settings: "fast", progress() {}, signal });
  await expect.poll(() => containersOf(slow.image), patience).not.toBe("");
  interruption.abort(new Error("enough"));
  await expect(started).rejects.toThrow("enough");
  expect(await containersOf(slow.image)).toBe("");
});

test("of two servers at once each has its own container, and ends alone", async () => {
  const options = { settings: "durable", progress() {} } as const;
  const [one, other] = await Promise.all([
    startContainer("redis", options),
    startContainer("redis", options),
  ]);
  const { ask } = containerRecipe("redis").local;
  const refused = /closed|ECONNREFUSED/;
  expect(one.url).not.toBe(other.url);
  await one.pause();
  await one[Symbol.asyncDispose]();
  await expect(ask(one.url)).rejects.toThrow(refused);
  await other.kill();
  await expect(ask(other.url)).rejects.toThrow(refused);
  await other.start();
  expect(await ask(other.url)).toBe("/data");
  await other[Symbol.asyncDispose]();
  await expect(ask(other.url)).rejects.toThrow(refused);
});
