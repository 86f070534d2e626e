/** What is wrong with Docker or in a container is said in one sentence; nothing is left behind. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test, vi } from "vitest";
import { startContainer } from "../../servers/container.ts";
import { imageOf } from "../../servers/images.ts";
import { ServerUnavailable } from "../../servers/unavailable.ts";
import { containersOf, imageWithEntry } from "./broken-image.ts";

const folder = mkdtempSync(join(tmpdir(), "raceproof-docker-"));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

/** Starts Redis, which must not work, and gives the sentence. */
async function sentence(patience_ms = 60_000): Promise<string> {
  const started = startContainer("redis", { settings: "durable", progress() {}, patience_ms });
  const error: unknown = await started.then(
    (server) => server[Symbol.asyncDispose](),
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(ServerUnavailable);
  const { message } = error as Error;
  expect(message).not.toContain("\n");
  return message;
}

describe("Docker itself", () => {
  test("no docker command", async () => {
    vi.stubEnv("PATH", folder);
    expect(await sentence()).toBe(
      "Redis cannot run in a container: this machine has no docker command.",
    );
  });

  test("the daemon is dead", async () => {
    const socket = join(folder, "dead.sock");
    const die = `require("net").createServer().listen(${JSON.stringify(socket)}, () => process.kill(process.pid, 9))`;
    spawnSync(process.execPath, ["-e", die]);
    vi.stubEnv("DOCKER_HOST", `unix://${socket}`);
    expect(await sentence()).toBe(
      `Redis cannot run in a container: no Docker daemon answers at unix://${socket} (start it).`,
    );
  });

  test("the daemon hangs", async () => {
    const socket = join(folder, "hangs.sock");
    const silent = createServer().listen(socket);
    vi.stubEnv("DOCKER_HOST", `unix://${socket}`);
    expect(await sentence()).toBe(
      `Redis cannot run in a container: the Docker daemon at unix://${socket} does not answer (start it again).`,
    );
    silent.close();
  });

  test.runIf(process.getuid?.() === 0)("no permission on its socket", async () => {
    process.seteuid!(65534);
    const said = await sentence().finally(() => process.seteuid!(0));
    expect(said).toMatch(
      /^Redis cannot run in a container: this user may not talk to the Docker daemon at \S+ \(add the user to the group docker\)\.$/,
    );
  });

  test("the image is missing", async () => {
    vi.stubEnv("RACEPROOF_REDIS_IMAGE", "127.0.0.1:1/nobody/redis:8");
    expect(await sentence()).toBe(
      "The image 127.0.0.1:1/nobody/redis:8 is not there and cannot be pulled: its registry cannot be reached.",
    );
  });
});

describe("the server in the container", () => {
  test.each([
    [
      "never gets ready: its last lines are shown",
      'echo "waiting for the stars"; exec sleep 1000',
      /does not start: no answer within 3 s \(.+\); the last lines of its log: waiting for the stars$/,
    ],
    [
      "ends at its start: its last lines are shown",
      'echo "cannot read the stars" >&2; exit 7',
      /does not start: its server ended with 7; the last lines of its log: cannot read the stars$/,
    ],
    [
      "finds its disk full",
      'dd if=/dev/zero of=/dev/shm/full bs=1M 2>/dev/null; exec redis-server "$@" --dir /dev/shm',
      /does not start: its server ended with \d+; the last lines of its log: .*No space left on device/,
    ],
  ])("%s", async (_, script, expected) => {
    await using broken = await imageWithEntry(imageOf("redis"), "broken", script);
    vi.stubEnv("RACEPROOF_REDIS_IMAGE", broken.image);
    expect(await sentence(3000)).toMatch(expected);
    expect(await containersOf(broken.image)).toBe("");
  });
});
