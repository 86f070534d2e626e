/** What a program needs to be found, and to know whose it is. */
const kept = ["PATH", "USER", "LOGNAME", "TZ"];

/**
 * The environment of a server's programs. Most of ours is left out: a language that is not installed keeps Redis from
 * starting, and `PGOPTIONS`, `JAVA_TOOL_OPTIONS`, `LD_PRELOAD` or a `~/.my.cnf` make another server of it.
 *
 * @param folder home and temporary folder
 */
export function cleanEnv(folder: string): Record<string, string> {
  const env: Record<string, string> = { HOME: folder, TMPDIR: folder, LC_ALL: "C" };
  for (const name of kept) {
    const value = process.env[name];
    if (value !== undefined) env[name] = value;
  }
  return env;
}
