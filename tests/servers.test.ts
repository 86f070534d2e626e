/** Local servers for real: recognised, private, on loopback only, and gone however the run ends. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, mkdtemp, readdir, readFile, readlink, rm, stat } from "node:fs/promises";
import { createServer, type Server as Listener } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, inject, test, vi } from "vitest";
import { recipes } from "../servers/local/recipes.ts";
import { startLocal } from "../servers/local.ts";
import { freePort } from "../servers/port.ts";
import { startServer } from "../servers/start.ts";
import { ServerUnavailable } from "../servers/unavailable.ts";

vi.mock(import("../servers/port.ts"), { spy: true });

const kinds = ["mysql", "postgres", "redis", "dynamodb"] as const;
const quiet = { settings: "fast", progress: () => {} } as const;

/** Addresses that listen on a port, as the kernel tells them; 0100007F is 127.0.0.1. */
async function listening(port: number): Promise<readonly string[]> {
  const tables = await Promise.all(
    ["/proc/net/tcp", "/proc/net/tcp6"].map((table) => readFile(table, "utf8")),
  );
  return tables
    .flatMap((table) => table.split("\n").map((line) => line.trim().split(/\s+/)))
    .filter(
      ([, local, , state]) => state === "0A" && Number.parseInt(local!.split(":")[1]!, 16) === port,
    )
    .map(([, local]) => local!.split(":")[0]!);
}

/** The paths of the files that a process has open, also of those without a name. */
async function openFiles(pid: number): Promise<string[]> {
  const descriptors = `/proc/${pid}/fd`;
  const links = (await readdir(descriptors)).map((fd) => readlink(join(descriptors, fd)));
  return (await Promise.allSettled(links)).flatMap((link) =>
    link.status === "fulfilled" ? [link.value] : [],
  );
}

let base: string;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), "raceproof-servers-test-"));
  await chmod(base, 0o711); // PostgreSQL of root runs as nobody
  vi.stubEnv("TMPDIR", base);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(base, { recursive: true, force: true });
});

describe.each(kinds)("the shared %s server", (kind) => {
  test("answers under its identity, on loopback only", async () => {
    const { url, identity } = inject("servers")[kind];
    expect(await recipes[kind].ask(url)).toBe(identity);
    const loopback = ["0100007F", "0000000000000000FFFF00000100007F"];
    const addresses = await listening(Number(new URL(url).port));
    expect(addresses).toHaveLength(1);
    expect(loopback).toContain(addresses[0]);
  });
});

describe.each([...kinds, "mariadb"] as const)("a %s server of its own", (kind) => {
  test("lives in a private folder, comes back after a kill, and is gone with it", async () => {
    await using server = await startLocal(kind, quiet);
    const [home] = await homes(base);
    expect((await stat(join(base, home!))).mode & 0o777).toBe(0o700);
    expect((await stat(join(base, home!, "data"))).mode & 0o777).toBe(0o700);
    const first = server.pid!;
    const mapped = await readFile(`/proc/${first}/maps`, "utf8");
    // As Java and what it loads would leave it behind.
    expect(mapped.match(/ \/tmp\/(hsperfdata_\w+\/)?[^/\n]+$/gm) ?? []).toEqual([]);
    // A temporary file outside its home is a neighbour's to delete.
    expect((await openFiles(first)).filter((file) => dirname(file) === base)).toEqual([]);
    await server.kill();
    expect(existsSync(`/proc/${first}`)).toBe(false);
    await server.start();
    expect(await recipes[kind].ask(server.url)).toBe(server.identity);
    await server[Symbol.asyncDispose]();
    await expect(recipes[kind].ask(server.url)).rejects.toThrow(/./);
    expect(await homes(base)).toEqual([]);
  });

  test("does not take someone else's port for its own", async () => {
    const taken = await listener();
    const port = (taken.address() as { port: number }).port;
    vi.mocked(freePort).mockResolvedValueOnce(port);
    await using server = await startLocal(kind, quiet);
    expect(Number(new URL(server.url).port)).not.toBe(port);
    taken.close();
  });

  test("leaves no process and no folder after kill -9 of the run", async () => {
    const run = runWith(kind, base);
    const [line] = (await once(createInterface({ input: run.stdout! }), "line")) as [string];
    const pid = Number(line);
    expect(existsSync(`/proc/${pid}/cwd`)).toBe(true);
    run.kill("SIGKILL");
    await vi.waitFor(
      async () => {
        expect(existsSync(`/proc/${pid}/cwd`)).toBe(false);
        expect(await livingIn(base)).toEqual([]);
        expect(await homes(base)).toEqual([]);
      },
      { timeout: 30_000, interval: 50 },
    );
  });

  test("leaves nothing when its start is given up", async () => {
    const abort = new AbortController();
    const started = startServer(kind, {
      from: "local",
      progress: ({ what }) => {
        if (what.startsWith("starting")) abort.abort(new Error("Ctrl-C"));
      },
      signal: abort.signal,
    });
    await expect(started).rejects.toThrow("Ctrl-C");
    await vi.waitFor(async () => expect(await homes(base)).toEqual([]), { timeout: 30_000 });
  });
});

test("a start gives up when every port is taken, and leaves nothing", async () => {
  const taken = await listener();
  vi.mocked(freePort).mockResolvedValue((taken.address() as { port: number }).port);
  await expect(startLocal("redis", quiet)).rejects.toThrow(ServerUnavailable);
  expect(await homes(base)).toEqual([]);
  vi.mocked(freePort).mockRestore();
  taken.close();
});

/** The homes of servers; tsx keeps a folder of its own beside them. */
const homes = async (base: string): Promise<readonly string[]> =>
  (await readdir(base)).filter((name) => name.startsWith("raceproof"));

async function listener(): Promise<Listener> {
  const taken = createServer((socket) => socket.destroy()).listen(0, "127.0.0.1");
  await once(taken, "listening");
  return taken;
}

/** A node of its own that starts a server, prints its process, and waits. */
function runWith(kind: string, base: string): ChildProcess {
  const start = new URL("../servers/start.ts", import.meta.url).href;
  const code = `
    import { startServer } from ${JSON.stringify(start)};
    const server = await startServer(${JSON.stringify(kind)}, { from: "local" });
    console.log(server.pid);
    setInterval(() => {}, 1000);`;
  return spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", code], {
    env: { ...process.env, TMPDIR: base },
    stdio: ["ignore", "pipe", "inherit"],
  });
}

/** The processes whose working folder is below a folder. */
async function livingIn(base: string): Promise<readonly string[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const folders = await Promise.all(
    pids.map((pid) => readlink(`/proc/${pid}/cwd`).catch(() => "")),
  );
  return pids.filter((_pid, i) => folders[i]!.startsWith(base));
}
