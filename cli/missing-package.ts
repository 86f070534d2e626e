/**
 * Users install the database drivers they need, so an import of a strategy may fail because its driver is missing.
 */

/** The package that an import did not find; undefined for any other error. */
export function missingPackage(error: unknown): string | undefined {
  if ((error as { code?: unknown } | undefined)?.code !== "ERR_MODULE_NOT_FOUND") return undefined;
  return /^Cannot find package '([^']+)'/.exec((error as Error).message)?.[1];
}

/** One sentence: what is missing, and the command that installs it. */
export const installIt = (name: string): string =>
  `the package ${name} is not installed (npm i -D ${name}).`;
