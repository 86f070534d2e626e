import { existsSync, readFileSync } from "node:fs";
import type { MadeBy } from "../campaign/part.ts";

/** The versions that make a result. */
export const madeBy = (): MadeBy => ({ raceproof: ownVersion(), node: process.version });

/** The version of this package. Its package.json is one folder up, or two from the compiled file. */
export function ownVersion(): string {
  const places = ["../package.json", "../../package.json"];
  const file = places
    .map((place) => new URL(place, import.meta.url))
    .find((url) => existsSync(url));
  if (file === undefined) return "unknown";
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}
