/** Java from the PATH, else the runtime from the Debian archive. */
import { join } from "node:path";
import type { Wanted } from "../apt.ts";
import { debian, onPath } from "./places.ts";
import type { Place } from "./recipe.ts";

/** Java and its libraries leave nothing in /tmp: their files go into a folder that is removed with the server. */
export const leavesNothing = (folder: string): string[] => [
  "-XX:-UsePerfData",
  `-Djava.io.tmpdir=${folder}`,
];

const arch = process.arch === "x64" ? "amd64" : process.arch;
const program = `usr/lib/jvm/java-21-openjdk-${arch}/bin/java`;

export const java_packages: Wanted = {
  what: "Java 21",
  suite: "trixie",
  package: "openjdk-21-jre-headless",
  with: ["patchelf"],
  without: ["ca-certificates-java", "java-common", "util-linux"],
  patched: program,
};

export const java: readonly Place[] = [
  onPath({
    program: "java",
    product: "Java",
    asked: "-version",
    version: (said) => /version "((?:1[7-9]|[2-9]\d)[\d.]*)/.exec(said)?.[1],
  }),
  debian(java_packages, ({ folder }) => ({ command: [`${join(folder, program)}-patched`] })),
];
