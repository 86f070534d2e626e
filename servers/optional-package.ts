/**
 * Packages that raceproof does not bring along: to explore code on one database, you need only one driver,
 * and perhaps no package with a server. They are loaded when they are first needed.
 */
import { createRequire } from "node:module";
import { ServerUnavailable } from "./unavailable.ts";

const here = createRequire(import.meta.url);

/** The path of a package, or of a file in it; undefined when the package is not installed. */
export function resolvePackage(name: string): string | undefined {
  try {
    return here.resolve(name);
  } catch {
    return undefined;
  }
}

/** Half a sentence: what is missing, and the command that installs it. */
export const notInstalled = (name: string): string =>
  `the package ${name} is not installed (npm i -D ${name})`;

/**
 * Loads a package.
 * @param load imports it; the name must be written in the code there, so that bundlers and dead-code checks see it
 * @throws ServerUnavailable that says what to install
 */
export async function loadPackage<Library>(
  name: string,
  load: () => Promise<Library>,
): Promise<Library> {
  try {
    return await load();
  } catch (error) {
    if (resolvePackage(name) !== undefined) throw error;
    throw new ServerUnavailable(`${notInstalled(name)}.`, { cause: error });
  }
}
