/** However node ends, neither a process nor the folder of a home stays. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Home } from "./home.ts";
import { sweepHomes } from "./ledger.ts";

let parent: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), "raceproof-home-test-"));
});
afterEach(() => rm(parent, { recursive: true, force: true }));

const lives = (pid: number): boolean => existsSync(`/proc/${pid}/cwd`);

describe("a home", () => {
  test("is private, and gone with its processes once it is closed", async () => {
    const home = await Home.make("test", { parent });
    expect((await stat(home.folder)).mode & 0o777).toBe(0o700);
    const sleeper = await home.run(["sleep", "600"]);
    const stubborn = await home.run(["sh", "-c", "trap '' TERM INT; sleep 600 & wait"]);
    expect([sleeper, stubborn].map(({ pid }) => lives(pid))).toEqual([true, true]);
    await home[Symbol.asyncDispose]();
    expect([sleeper, stubborn].map(({ pid }) => lives(pid))).toEqual([false, false]);
    expect(await readdir(parent)).toEqual([]);
    await home[Symbol.asyncDispose]();
  });

  test("says what a program that failed said last", async () => {
    await using home = await Home.make("test", { parent });
    await expect(home.finish(["sh", "-c", "echo one; echo two >&2; exit 3"])).rejects.toThrow(
      "sh ended with 3: one / two",
    );
    await expect(home.finish(["no-such-program"])).rejects.toThrow(/ended with 127: .*not found/);
  });

  test("gives its programs a clean environment", async () => {
    await using home = await Home.make("test", { parent });
    for (const [name, value] of Object.entries({
      LANG: "de_DE.UTF-8",
      LC_ALL: "de_DE.UTF-8",
      PGOPTIONS: "-c statement_timeout=1",
      JAVA_TOOL_OPTIONS: "-Xmx1m",
      LD_PRELOAD: "/nowhere.so",
      SOME_PASSWORD: "s3cret",
      http_proxy: "http://127.0.0.1:1",
    }))
      vi.stubEnv(name, value);
    await home.finish(["env"], { LD_LIBRARY_PATH: "/own" }).finally(() => vi.unstubAllEnvs());
    const names = (await readFile(home.log, "utf8")).split("\n").map((line) => line.split("=")[0]);
    for (const name of ["LANG", "PGOPTIONS", "JAVA_TOOL_OPTIONS", "LD_PRELOAD", "SOME_PASSWORD"])
      expect(names).not.toContain(name);
    expect(names).toEqual(expect.arrayContaining(["PATH", "LD_LIBRARY_PATH", "http_proxy"]));
    expect(await readFile(home.log, "utf8")).toMatch(/^LC_ALL=C$/m);
  });

  test("is closed by an abort, and what runs in it fails", async () => {
    const abort = new AbortController();
    const home = await Home.make("test", { parent, signal: abort.signal });
    const running = home.finish(["sh", "-c", "echo here; sleep 600"]);
    const failed = running.then(() => "not at all", String);
    await vi.waitFor(async () => expect(await home.lastWords()).toBe("here"), { timeout: 10_000 });
    abort.abort();
    expect(await failed).toMatch(/sh ended with SIGKILL/);
    await vi.waitFor(async () => expect(await readdir(parent)).toEqual([]), { timeout: 10_000 });
  });

  test("is not left behind, whenever the abort comes", async () => {
    for (let turns = 0; turns < 10; turns++) {
      const abort = new AbortController();
      const made = Home.make("test", { parent, signal: abort.signal });
      const ended = made.then(
        () => "AbortError",
        (error: Error) => error.name,
      );
      for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate);
      abort.abort();
      expect(await ended).toBe("AbortError");
    }
    await vi.waitFor(async () => expect(await readdir(parent)).toEqual([]), { timeout: 10_000 });
  });

  test("is gone though somebody has made it anew", async () => {
    const abort = new AbortController();
    const home = await Home.make("test", { parent, signal: abort.signal });
    abort.abort();
    await vi.waitFor(async () => expect(await readdir(parent)).toEqual([]), { timeout: 10_000 });
    await mkdir(join(home.folder, "pids"), { recursive: true });
    await home[Symbol.asyncDispose]();
    expect(await readdir(parent)).toEqual([]);
  });

  test.each(["all of it", "pids"])(
    "ends its processes though somebody removed %s",
    async (what) => {
      const home = await Home.make("test", { parent });
      const sleeper = await home.run(["sh", "-c", "mkdir inner && cd inner && exec sleep 600"]);
      const inner = join(home.folder, "inner");
      await vi.waitFor(() => expect(existsSync(inner)).toBe(true), { timeout: 10_000 });
      await rm(join(home.folder, what === "pids" ? what : ""), { recursive: true });
      await home[Symbol.asyncDispose]();
      expect(lives(sleeper.pid)).toBe(false);
      expect(await readdir(parent)).toEqual([]);
    },
  );

  test.each([
    ["kill -9", "", "SIGKILL"],
    ["Ctrl-C", "", "SIGINT"],
    ["SIGTERM", "", "SIGTERM"],
    ["a closed terminal", "", "SIGHUP"],
    ["process.exit", "process.exit(3);", undefined],
    ["an exception", "throw new Error('oh');", undefined],
    ["nothing left to do", "", undefined],
  ] as const)("leaves nothing behind when node ends by %s", async (_name, last, signal) => {
    const node = residentsOf(parent, signal === undefined ? last : "setInterval(() => {}, 1000);");
    const [line] = (await once(createInterface({ input: node.stdout! }), "line")) as [string];
    expect(line).toMatch(/true$/);
    const pids = line.split(" ").slice(0, 2).map(Number);
    if (signal !== undefined) node.kill(signal);
    await once(node, "exit");
    await vi.waitFor(
      async () => {
        expect(pids.map(lives)).toEqual([false, false]);
        expect(await readdir(parent)).toEqual([]);
      },
      { timeout: 20_000, interval: 50 },
    );
  });
});

describe("a watchdog that was killed, too", () => {
  beforeEach(() => vi.stubEnv("XDG_CACHE_HOME", join(parent, "cache")));
  afterEach(() => vi.unstubAllEnvs());

  test("a later run removes what is left, and only of runs that are over", async () => {
    await using mine = await Home.make("test", { parent });
    const node = residentsOf(parent, "setInterval(() => {}, 1000);");
    const [line] = (await once(createInterface({ input: node.stdout! }), "line")) as [string];
    const pids = line.split(" ").slice(0, 2).map(Number);
    const [folder] = (await homesIn(parent)).filter((name) => name !== mine.folder);
    expect(await sweepHomes()).toEqual([]);
    for (const pid of [...(await watchdogsOf(folder!)), node.pid!]) process.kill(pid, "SIGKILL");
    await once(node, "exit");
    expect(pids.map(lives)).toEqual([true, true]);
    expect((await sweepHomes()).map(({ what }) => what)).toEqual([`folder ${folder}`]);
    expect(pids.map(lives)).toEqual([false, false]);
    expect(await homesIn(parent)).toEqual([mine.folder]);
    expect(await sweepHomes()).toEqual([]);
  });

  test("a home is closed all the same", async () => {
    const home = await Home.make("test", { parent });
    const sleeper = await home.run(["sleep", "600"]);
    for (const pid of await watchdogsOf(home.folder)) process.kill(pid, "SIGKILL");
    await home[Symbol.asyncDispose]();
    expect(lives(sleeper.pid)).toBe(false);
    expect([await homesIn(parent), await sweepHomes()]).toEqual([[], []]);
  });
});

const homesIn = async (parent: string): Promise<string[]> =>
  (await readdir(parent))
    .filter((name) => name.startsWith("raceproof_"))
    .map((name) => join(parent, name));

/** The watchdogs of this folder: shells with it among their arguments. */
async function watchdogsOf(folder: string): Promise<number[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const words = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")),
  );
  return pids.filter((_, i) => words[i]!.includes(`raceproof\0${folder}\0`)).map(Number);
}

/** Starts a node that makes a home with two processes in it, prints their ids, and then runs the code `last`. */
/** A home in a process of its own. One of its residents makes its folder anew, with all those above, as Java does. */
function residentsOf(parent: string, last: string): ChildProcess {
  const code = `
    import { Home } from ${JSON.stringify(new URL("./home.ts", import.meta.url).href)};
    const home = await Home.make("test", { parent: ${JSON.stringify(parent)} });
    const a = await home.run(["sleep", "600"]);
    const anew = 'while :; do mkdir -p "$0/data"; sleep 0.01; done';
    const b = await home.run(["sh", "-c", anew, home.folder]);
    console.log(a.pid, b.pid, a.running() && b.running());
    ${last}`;
  const argv = ["--import", "tsx", "--input-type=module", "-e", code];
  return spawn(process.execPath, argv, { stdio: ["ignore", "pipe", "ignore"] });
}
