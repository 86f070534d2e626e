/** Programs from the Debian archive, unpacked in the cache without root, each with all it needs to run. */
import { execFile } from "node:child_process";
import { readdir, readFile, readlink, rm, symlink, writeFile } from "node:fs/promises";
import { isAbsolute, join, relative } from "node:path";
import { promisify } from "node:util";
import { download, type Wanted } from "./apt.ts";
import { cached, cachedFolder, isThere } from "./cache.ts";
import type { Home } from "./home.ts";
import type { Errand } from "./progress.ts";
import { ServerUnavailable } from "./unavailable.ts";

const run = promisify(execFile);

/** Debian's own keyring; on Ubuntu the package debian-archive-keyring has it. */
const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";

/** Debian's names for the machine: the folder of its libraries, and the loader of its programs. */
const machines: Readonly<Record<string, { triplet: string; loader: string }>> = {
  x64: { triplet: "x86_64-linux-gnu", loader: "usr/lib64/ld-linux-x86-64.so.2" },
  arm64: { triplet: "aarch64-linux-gnu", loader: "usr/lib/ld-linux-aarch64.so.1" },
};

/** An unpacked package with everything it depends on, down to its own C library. */
export interface Prefix {
  readonly folder: string;
  /** `Debian sid mysql-server-core 9.7.4-2` */
  readonly origin: string;
  /** The product's own version: `9.7.4`. */
  readonly version: string;
}

/** The prefix, from the cache or else from the network. @throws ServerUnavailable */
export async function fromArchive(wanted: Wanted, errand: Errand): Promise<Prefix> {
  if (!(await isThere(cachedFolder(place(wanted))))) await mustBeFetched(wanted);
  const folder = await cached(place(wanted), errand, async (home) => {
    await mustBeFetched(wanted);
    return unpack(wanted, home, errand);
  });
  return readPrefix(wanted, folder);
}

/** @throws ServerUnavailable if nothing can be fetched on this machine */
async function mustBeFetched(wanted: Wanted): Promise<void> {
  const reason = await noArchive();
  if (reason !== undefined)
    throw new ServerUnavailable(`${wanted.what} cannot be fetched: ${reason}.`);
}

/** The prefix, if the cache has it already; its files are not checked here. */
export async function unpackedBefore(wanted: Wanted): Promise<Prefix | undefined> {
  const folder = cachedFolder(place(wanted));
  return (await isThere(folder)) ? readPrefix(wanted, folder) : undefined;
}

/** Why nothing can be fetched on this machine, and what to do; undefined if it can. */
export async function noArchive(): Promise<string | undefined> {
  if (machines[process.arch] === undefined)
    return `Debian servers are not set up for ${process.arch}`;
  const apt = await run("apt-get", ["--version"]).catch(() => undefined);
  if (apt === undefined) return "this machine has no apt-get";
  if (await isThere(keyring)) return undefined;
  return "Debian's keyring is missing (install the package debian-archive-keyring)";
}

/**
 * How to run a program of the prefix: by the prefix's own loader and libraries, whatever this system has.
 * @param program path inside the prefix, `usr/sbin/mysqld`.
 */
export function inPrefix(prefix: Pick<Prefix, "folder">, program: string): readonly string[] {
  const { loader, triplet } = machine();
  const file = join(prefix.folder, program);
  const libraries = join(prefix.folder, "usr/lib", triplet);
  return [join(prefix.folder, loader), "--library-path", libraries, "--argv0", file, file];
}

function machine(): { triplet: string; loader: string } {
  const found = machines[process.arch];
  if (found === undefined)
    throw new ServerUnavailable(`Debian servers are not set up for ${process.arch}.`);
  return found;
}

const place = (wanted: Wanted): string =>
  `debian/${process.arch}/${wanted.suite}-${wanted.package}`;

async function readPrefix(wanted: Wanted, folder: string): Promise<Prefix> {
  const version = (await readFile(join(folder, "version"), "utf8")).trim();
  const origin = `Debian ${wanted.suite} ${wanted.package} ${version}`;
  return { folder, origin, version: version.split(/[-+~]/)[0] as string };
}

async function unpack(wanted: Wanted, home: Home, errand: Errand): Promise<string> {
  const archives = await download(wanted, keyring, home, errand).catch((error: unknown) => {
    throw inWords(wanted, error as Error);
  });
  errand.progress({ what: `unpacking ${wanted.what}` });
  const fresh = join(home.folder, "fresh");
  const debs = (await readdir(archives)).filter((name) => name.endsWith(".deb"));
  for (const deb of debs) await home.finish(["dpkg-deb", "-x", join(archives, deb), fresh]);
  const own = debs.find((name) => name.startsWith(`${wanted.package}_`));
  if (own === undefined) throw new Error(`apt did not download ${wanted.package}`);
  await relink(fresh);
  if (wanted.patched !== undefined) await patch(fresh, wanted);
  const version = decodeURIComponent(own.split("_")[1] ?? "").replace(/^\d+:/, "");
  await writeFile(join(fresh, "version"), version);
  return fresh;
}

/**
 * Some programs ask the system for the path of the running program, to find their own files next to it. Run by the
 * prefix's loader, as others are, they would be told the loader's path. So a copy of the program is made that knows
 * where its loader and its libraries will be.
 */
async function patch(fresh: string, wanted: Wanted): Promise<void> {
  const { loader, triplet } = machine();
  const program = join(fresh, wanted.patched as string);
  const folder = cachedFolder(place(wanted));
  const rpath = `$ORIGIN:$ORIGIN/../lib:${join(folder, "usr/lib", triplet)}`;
  const where = ["--set-interpreter", join(folder, loader), "--force-rpath", "--set-rpath", rpath];
  const [command, ...patchelf] = inPrefix({ folder: fresh }, "usr/bin/patchelf");
  await run(command as string, [...patchelf, ...where, "--output", `${program}-patched`, program]);
}

/** Makes links that lead out of the prefix lead into it. */
async function relink(prefix: string): Promise<void> {
  for (const entry of await readdir(prefix, { recursive: true, withFileTypes: true })) {
    if (!entry.isSymbolicLink()) continue;
    const link = join(entry.parentPath, entry.name);
    const target = await readlink(link);
    if (!isAbsolute(target) || !(await isThere(join(prefix, target)))) continue;
    await rm(link);
    await symlink(relative(entry.parentPath, join(prefix, target)), link);
  }
}

/** Says apt's error in a sentence. A full disk is left to the caller, who knows which disk it is. */
function inWords(wanted: Wanted, error: Error): Error {
  if (error.message.includes("No space left on device")) return error;
  const offline =
    /Could not resolve|Could not connect|Cannot initiate|Connection (failed|timed out)|Network is unreachable/;
  const why = offline.test(error.message)
    ? "the Debian archive cannot be reached (a network is needed the first time only)"
    : error.message;
  return new ServerUnavailable(`${wanted.what} cannot be downloaded: ${why}.`);
}
