/** Java from the PATH, else the runtime from the Debian archive. */
import { execFile } from "node:child_process";
import { rename } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { inPrefix, librariesOf, loaderOf, type Prefix } from "../archive.ts";
import { isThere } from "../cache.ts";
import { debian, onPath } from "./places.ts";
import type { Place } from "./recipe.ts";

const run = promisify(execFile);

/** What Java and its libraries would leave in /tmp goes into a folder that ends with the server. */
export const leavesNothing = (folder: string): string[] => [
  "-XX:-UsePerfData",
  `-Djava.io.tmpdir=${folder}`,
];

export const java_packages = {
  what: "Java 21",
  suite: "trixie",
  package: "openjdk-21-jre-headless",
  with: ["patchelf"],
  without: ["ca-certificates-java", "java-common", "util-linux"],
} as const;

export const java: readonly Place[] = [
  onPath({
    program: "java",
    product: "Java",
    asked: "-version",
    version: (said) => /version "((?:1[7-9]|[2-9]\d)[\d.]*)/.exec(said)?.[1],
  }),
  debian(java_packages, async (prefix) => ({ command: [await patched(prefix)] })),
];

/**
 * Java finds its own files by asking the system which program it is, so it cannot be run by the prefix's
 * loader as others are: a copy of it is told where the loader and the libraries are.
 */
async function patched(prefix: Prefix): Promise<string> {
  const arch = process.arch === "x64" ? "amd64" : process.arch;
  const bin = join(prefix.folder, `usr/lib/jvm/java-21-openjdk-${arch}/bin`);
  const copy = join(bin, "java-patched");
  if (await isThere(copy)) return copy;
  const fresh = `${copy}-${process.pid}`;
  const where = ["--set-interpreter", loaderOf(prefix), "--force-rpath", "--set-rpath"];
  const rpath = `$ORIGIN:$ORIGIN/../lib:${librariesOf(prefix)}`;
  const [loader, ...patchelf] = inPrefix(prefix, "usr/bin/patchelf");
  await run(loader as string, [...patchelf, ...where, rpath, "--output", fresh, join(bin, "java")]);
  await rename(fresh, copy);
  return copy;
}
