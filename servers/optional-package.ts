/**
 * Packages that raceproof does not bring along: whoever explores code on one database needs one driver, and no
 * server at all. They are loaded when they are first needed.
 */
import { createRequire } from "node:module";
import { ServerUnavailable } from "./unavailable.ts";

const here = createRequire(import.meta.url);

/** The file that a package, or a file in it, stands for; undefined when it is not installed. */
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
 * @param load imports it: the name must stand in the code, so that bundlers and dead-code checks see it
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
