/** The two places that programs of any kind come from: the PATH and the Debian archive. */
import { execFile } from "node:child_process";
import { access, constants } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, isAbsolute, join } from "node:path";
import { promisify } from "node:util";
import type { Wanted } from "../apt.ts";
import { fromArchive, inPrefix, noArchive, type Prefix, unpackedBefore } from "../archive.ts";
import { cleanEnv } from "../clean-env.ts";
import { ServerUnavailable } from "../unavailable.ts";
import type { Executable, Found, Missing, Place } from "./recipe.ts";

const run = promisify(execFile);

export interface OnPath {
  /** `mysqld` */
  readonly program: string;
  /** For people: `MySQL`. */
  readonly product: string;
  /** Finds the version in what the program says of itself; undefined = not a version we can use. */
  version(said: string): string | undefined;
  readonly asked?: string;
}

/** A program that is installed on this machine. */
export function onPath(wanted: OnPath): Place {
  const look = async (): Promise<(Found & { file: string; version: string }) | Missing> => {
    const file = await findOnPath(wanted.program);
    if (file === undefined) return { missing: `no ${wanted.program} is on the PATH` };
    const said = await run(file, [wanted.asked ?? "--version"], { env: cleanEnv(tmpdir()) }).catch(
      () => ({
        stdout: "",
        stderr: "",
      }),
    );
    const version = wanted.version(said.stdout + said.stderr);
    if (version === undefined)
      return { missing: `${file} is not a ${wanted.product} that can be used` };
    return { file, version, origin: `${file} (${wanted.product} ${version})` };
  };
  return {
    look,
    async fetch() {
      const found = await look();
      if ("missing" in found) throw new ServerUnavailable(`${found.missing}.`);
      return { origin: found.origin, version: found.version, command: [found.file] };
    },
  };
}

/** Also looks in the folders of daemons, which a user's PATH often leaves out. */
export async function findOnPath(program: string): Promise<string | undefined> {
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter(isAbsolute);
  for (const folder of [...folders, "/usr/sbin", "/usr/local/sbin"]) {
    const file = join(folder, program);
    const runs = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (runs) return file;
  }
  return undefined;
}

/** How a program of a prefix is run. */
type Run = Pick<Executable, "command" | "base" | "env">;

/** A program from the Debian archive. */
export function debian(wanted: Wanted, program: (prefix: Prefix) => Run | Promise<Run>): Place {
  return {
    async look() {
      const prefix = await unpackedBefore(wanted);
      if (prefix !== undefined) return prefix;
      const missing = await noArchive();
      if (missing !== undefined) return { missing };
      return { origin: `Debian ${wanted.suite} ${wanted.package} (downloaded at the first start)` };
    },
    async fetch(errand) {
      const prefix = await fromArchive(wanted, errand);
      return { origin: prefix.origin, version: prefix.version, ...(await program(prefix)) };
    },
  };
}

/** Runs a program of a prefix by the prefix's own loader. */
export const prefixed =
  (program: string) =>
  (prefix: Prefix): Run => ({
    command: inPrefix(prefix, program),
    base: join(prefix.folder, "usr"),
  });
