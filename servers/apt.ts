/**
 * apt as a downloader: with a state of its own, it reads one suite's signed index and fetches a package
 * and what it depends on, every file checked by hash. Nothing of the system's apt is changed.
 */
import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Home } from "./home.ts";
import { mirror } from "./mirror.ts";
import type { Errand } from "./progress.ts";

const run = promisify(execFile);

export interface Wanted {
  /** For people: `MySQL`. */
  readonly what: string;
  readonly suite: "sid" | "trixie";
  readonly package: string;
  /** Other packages that are needed beside it. */
  readonly with?: readonly string[];
  /** Dependencies that are not fetched, as the program runs without them. */
  readonly without: readonly string[];
  /** A program that must know itself where its loader and libraries are: a copy is made that does, `java-patched`. */
  readonly patched?: string;
}

/**
 * Downloads a package and what it depends on into a home.
 * @returns the folder with the `.deb` files.
 * @throws Error with apt's own last words.
 */
export async function download(
  wanted: Wanted,
  keyring: string,
  home: Home,
  errand: Errand,
): Promise<string> {
  const archives = join(home.folder, "archives");
  const env = { APT_CONFIG: await ownState(wanted, keyring, home.folder), LC_ALL: "C" };
  errand.progress({ what: `reading the index of Debian ${wanted.suite}` });
  await home.finish(["apt-get", "update", "--error-on=any"], env);
  const watch = setInterval(() => report(wanted, home, archives, errand), 250);
  try {
    await home.finish(
      ["apt-get", "install", "-y", "--download-only", wanted.package, ...(wanted.with ?? [])],
      env,
    );
  } finally {
    clearInterval(watch);
  }
  return archives;
}

/** Writes the configuration for apt. Of the system's own, only the network settings are kept. @returns its path */
async function ownState(wanted: Wanted, keyring: string, folder: string): Promise<string> {
  await mkdir(join(folder, "lists", "partial"), { recursive: true });
  await mkdir(join(folder, "archives", "partial"), { recursive: true });
  await writeFile(join(folder, "status"), wanted.without.map(pretended).join("\n"));
  const source = `deb [signed-by=${keyring}] ${await mirror()} ${wanted.suite} main\n`;
  await writeFile(join(folder, "sources.list"), source);
  const network = await run("apt-config", ["dump", "--format", '%F "%v";%n', "Acquire"]);
  const config = join(folder, "apt.conf");
  await writeFile(config, network.stdout + settings(folder));
  return config;
}

const settings = (folder: string): string => `
Dir::State "${folder}"; Dir::State::lists "${folder}/lists"; Dir::State::status "${folder}/status";
Dir::Cache "${folder}"; Dir::Cache::archives "${folder}/archives";
Dir::Cache::pkgcache ""; Dir::Cache::srcpkgcache "";
Dir::Etc::parts "/dev/null"; Dir::Etc::main "/dev/null";
Dir::Etc::sourcelist "${folder}/sources.list"; Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null"; Dir::Etc::preferencesparts "/dev/null";
Dir::Etc::trusted "/dev/null"; Dir::Etc::trustedparts "/dev/null";
Dir::Log "${folder}"; APT::Sandbox::User "root"; APT::Install-Recommends "false";
Acquire::Languages "none"; Acquire::PDiffs "false"; Acquire::Retries "2";
Acquire::http::Timeout "20"; Acquire::https::Timeout "20";
Acquire::AllowInsecureRepositories "false"; Acquire::AllowDowngradeToInsecureRepositories "false";
Acquire::AllowWeakRepositories "false"; APT::Get::AllowUnauthenticated "false";
`;

/** Tells apt that a package is already installed, so that neither it nor what it needs is fetched. */
const pretended = (name: string): string =>
  `Package: ${name}\nStatus: install ok installed\nMulti-Arch: allowed\n` +
  `Architecture: ${process.arch === "x64" ? "amd64" : process.arch}\n` +
  `Version: 99:99\nMaintainer: nobody\nDescription: not needed\n`;

/**
 * apt's log says how much is to be downloaded, the disk how much has arrived. It reads both synchronously, so that
 * nothing is reported after the end.
 */
function report(wanted: Wanted, home: Home, archives: string, errand: Errand): void {
  const log = existsSync(home.log) ? readFileSync(home.log, "utf8") : "";
  const need = /Need to get ([\d.,]+) ([kM]?B)/.exec(log);
  if (need === null) return;
  const total = Number(need[1]?.replaceAll(",", "")) * { B: 1, kB: 1e3, MB: 1e6 }[need[2] as "B"];
  const done = Math.min(total, sizeOf(archives) + sizeOf(join(archives, "partial")));
  errand.progress({ what: `downloading ${wanted.what}`, done, total, unit: "bytes" });
}

/** The size of the files in a folder, some of which may come and go meanwhile. */
function sizeOf(folder: string): number {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const sizes = names.map(
    (name) => statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0,
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
