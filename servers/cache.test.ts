/** The cache: a folder is there whole or not at all, and if two runs need it at once, only one makes it. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, readFileSync } from "node:fs";
import {
  chmod,
  chown,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { cached } from "./cache.ts";
import { cacheFolder } from "./cache-folder.ts";
import { ServerUnavailable } from "./unavailable.ts";

let base: string;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), "raceproof-cache-test-"));
  vi.stubEnv("XDG_CACHE_HOME", base);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(base, { recursive: true });
});

const errand = { progress: () => {} };
const fills = (): string => {
  try {
    return readFileSync(join(base, "fills"), "utf8");
  } catch {
    return "";
  }
};

/** Another node process that fills `thing`: it notes that it began, waits for the file `go`, and finishes. */
function otherRun(): ChildProcess {
  const code = `
    import { existsSync, appendFileSync, mkdirSync, writeFileSync } from "node:fs";
    import { setTimeout as pause } from "node:timers/promises";
    import { cached } from ${JSON.stringify(new URL("./cache.ts", import.meta.url).href)};
    await cached("thing", { progress() {} }, async (home) => {
      mkdirSync(home.folder + "/fresh");
      writeFileSync(home.folder + "/fresh/half", "");
      appendFileSync(${JSON.stringify(join(base, "fills"))}, "x");
      while (!existsSync(${JSON.stringify(join(base, "go"))})) await pause(10);
      writeFileSync(home.folder + "/fresh/whole", "");
      return home.folder + "/fresh";
    });`;
  const argv = ["--import", "tsx", "--input-type=module", "-e", code];
  return spawn(process.execPath, argv, { stdio: "inherit" });
}
const until = (check: () => unknown): Promise<unknown> =>
  vi.waitFor(check, { timeout: 30_000, interval: 20 });

/** Changes a program so that neither its size nor its mtime shows it. */
async function changeInSecret(folder: string): Promise<void> {
  const file = join(folder, "program");
  const { atime, mtime } = await stat(file);
  await writeFile(file, "evil");
  await utimes(file, atime, mtime);
}

async function relink(link: string, target: string): Promise<void> {
  await rm(link);
  await symlink(target, link);
}

describe("the cache", () => {
  test("is filled once by two runs at once", async () => {
    const runs = [otherRun(), otherRun()];
    const ends = runs.map((run) => once(run, "exit"));
    await until(() => expect(fills()).toBe("x"));
    await writeFile(join(base, "go"), "");
    expect(await Promise.all(ends)).toEqual([
      [0, null],
      [0, null],
    ]);
    expect(fills()).toBe("x");
    expect((await readdir(join(cacheFolder(), "thing"))).sort()).toEqual(["half", "whole"]);
    await until(async () => expect(await readdir(join(cacheFolder(), "unfinished"))).toEqual([]));
  });

  test("is filled anew after a run that was killed in the middle", async () => {
    const killed = otherRun();
    await until(() => expect(fills()).toBe("x"));
    killed.kill("SIGKILL");
    await once(killed, "exit");
    await writeFile(join(base, "go"), "");
    const [code] = (await once(otherRun(), "exit")) as [number];
    expect(code).toBe(0);
    expect(fills()).toBe("xx");
    expect((await readdir(join(cacheFolder(), "thing"))).sort()).toEqual(["half", "whole"]);
    await until(async () => expect(await readdir(join(cacheFolder(), "unfinished"))).toEqual([]));
  });

  test("keeps nothing of what failed, and is free again", async () => {
    const fail = cached("thing", errand, async (home) => {
      appendFileSync(join(home.folder, "half"), "");
      throw new Error("no network");
    });
    await expect(fail).rejects.toThrow("no network");
    const folder = await cached("thing", errand, async (home) => {
      await writeFile(join(home.folder, "whole"), "yes");
      return home.folder;
    });
    expect(await readFile(join(folder, "whole"), "utf8")).toBe("yes");
  });

  test("gives up waiting for another run when it is told to", async () => {
    const other = otherRun();
    await until(() => expect(fills()).toBe("x"));
    const abort = new AbortController();
    const waiting = cached("thing", { ...errand, signal: abort.signal }, async () => "");
    abort.abort();
    await expect(waiting).rejects.toThrow(/aborted|no lock/);
    await writeFile(join(base, "go"), "");
    expect(await once(other, "exit")).toEqual([0, null]);
  });

  describe("what is not as it was", () => {
    let said: string[];
    const make = (): Promise<string> =>
      cached("thing", { progress: ({ what }) => said.push(what) }, async (home) => {
        const fresh = join(home.folder, "fresh");
        await mkdir(fresh);
        await writeFile(join(fresh, "program"), "good", { mode: 0o755 });
        await symlink("program", join(fresh, "link"));
        return fresh;
      });
    beforeEach(() => {
      said = [];
    });

    test.each<[string, string, (folder: string) => Promise<unknown>]>([
      ["changed, its times set back", "program", changeInSecret],
      ["cut off", "program", (folder) => truncate(join(folder, "program"), 2)],
      ["lost", "program", (folder) => rm(join(folder, "program"))],
      ["no longer a program", "program", (folder) => chmod(join(folder, "program"), 0o644)],
      ["added", "more", (folder) => writeFile(join(folder, "more"), "bad")],
      ["led elsewhere", "link", (folder) => relink(join(folder, "link"), "/bin/sh")],
    ])("%s: is made anew, and that is said", async (_, path, damage) => {
      const folder = await make();
      await damage(folder);
      expect(await make()).toBe(folder);
      expect(said).toEqual([`${folder} is damaged (${path} is not what it was): it is made anew`]);
      expect(await readFile(join(folder, "link"), "utf8")).toBe("good");
      expect((await readdir(folder)).sort()).toEqual(["link", "program"]);
    });

    test("without its list nothing is believed", async () => {
      const folder = await make();
      await rm(`${folder}.list`);
      await make();
      expect(said).toHaveLength(1);
    });

    test("touched or moved, with the same in it, is as it was", async () => {
      const folder = await make();
      await utimes(join(folder, "program"), 1, 1);
      await rename(folder, `${folder}-2`);
      await cp(`${folder}-2`, folder, { recursive: true, verbatimSymlinks: true });
      expect(await make()).toBe(folder);
      expect(said).toEqual([]);
    });

    test("is not used when others can write it", async () => {
      await make();
      await chmod(dirname(cacheFolder()), 0o777);
      await expect(make()).rejects.toThrow(/raceproof can be written by others, .*: remove it, or/);
      await expect(make()).rejects.toThrow(ServerUnavailable);
    });

    test.runIf(process.getuid?.() === 0)("is not used when it is somebody else's", async () => {
      await make();
      await chown(cacheFolder(), 65_534, 65_534);
      await expect(make()).rejects.toThrow(
        /belongs to somebody else \(user 65534\), .*XDG_CACHE_HOME/,
      );
    });
  });

  test("says in a sentence that it cannot be written", async () => {
    await writeFile(join(base, "file"), "");
    vi.stubEnv("XDG_CACHE_HOME", join(base, "file"));
    const refused = cached("thing", errand, async () => "");
    await expect(refused).rejects.toThrow(ServerUnavailable);
    await expect(refused).rejects.toThrow(/cannot be written: set XDG_CACHE_HOME/);
  });
});
