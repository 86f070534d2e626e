/** Valkey, from the PATH or the Debian archive: runs and answers as Redis does. */
import { debian, onPath, prefixed } from "./places.ts";
import type { Recipe } from "./recipe.ts";
import { redis } from "./redis.ts";

export const valkey_packages = {
  what: "Valkey",
  suite: "sid",
  package: "valkey-server",
  without: ["adduser", "init-system-helpers"],
} as const;
const program = prefixed("usr/bin/valkey-server");

export const valkey: Recipe = {
  ...redis,
  kind: "valkey",
  product: "Valkey",
  places: [
    onPath({
      program: "valkey-server",
      product: "Valkey",
      version: (said) => /Valkey server v=(\d+\.\d+\.\d+)/.exec(said)?.[1],
    }),
    debian(valkey_packages, program),
    debian({ ...valkey_packages, suite: "trixie" }, program),
  ],
};
