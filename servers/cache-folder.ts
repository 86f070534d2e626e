import { homedir } from "node:os";
import { join } from "node:path";

/** Changes when folders that older versions left can no longer be used. */
const layout = "v1";

/** `$XDG_CACHE_HOME/raceproof` or `~/.cache/raceproof`: belongs to the user alone. */
export function cacheFolder(): string {
  const base = process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
  return join(base, "raceproof", layout);
}
