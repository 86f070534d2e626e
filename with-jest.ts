/**
 * `import "raceproof/jest"`: matchers for Jest, and a database for the tests of a file. raceproof is made of ES modules:
 * Jest runs them with `NODE_OPTIONS=--experimental-vm-modules`.
 *
 * @module raceproof/jest
 */
import type { Schema } from "./backends/lane-database.ts";
import { type FileDatabase, fileDatabase } from "./library/file-database.ts";
import { matchers, type RaceMatchers } from "./library/matchers.ts";
import type { ServerKind } from "./servers/server.ts";

export type { FileDatabase, RaceMatchers, ServerKind };

/** What we use of Jest. It is not installed here, so its own types are not at hand. */
interface JestGlobals {
  readonly expect: { extend(matchers: object): void };
  readonly beforeAll: (start: () => Promise<void>, limit_ms: number) => void;
  readonly afterAll: (stop: () => Promise<void>, limit_ms: number) => void;
}

const globals: string = "@jest/globals";
const jest = (await import(globals)) as JestGlobals;
jest.expect.extend(matchers);

/**
 * Starts a server before the tests of this file and ends it after them: as `withDatabase` of `raceproof/vitest`.
 *
 * @param schema what is put into an empty database: SQL statements, or a function that is given its URL
 * @returns the part of a program that says where it runs: put it into its options, inside a test
 */
export function withDatabase(kind: ServerKind, schema?: Schema): FileDatabase {
  return fileDatabase(jest, kind, schema);
}

declare global {
  namespace jest {
    // oxlint-disable-next-line no-unused-vars -- As @types/jest declares it.
    interface Matchers<R, T = {}> extends RaceMatchers<Promise<R>> {}
  }
}

/** @ts-ignore: with Jest's own types, for `import { expect } from "@jest/globals"`; without Jest there is no such module. */
declare module "expect" {
  // oxlint-disable-next-line no-unused-vars -- As Jest declares it.
  interface Matchers<R extends void | Promise<void>, T = unknown> extends RaceMatchers<R> {}
}
