/**
 * Variables that are needed to find programs, to know the user and the time zone, to download through a proxy, and
 * to reach the right Docker daemon.
 */
const kept =
  /^(PATH|USER|LOGNAME|TZ|APT_CONFIG|SSL_CERT_(FILE|DIR)|CURL_CA_BUNDLE|\w+_proxy|DOCKER_\w+)$/i;

/**
 * The environment of a server's programs. Most of ours is left out: a language that is not installed keeps Redis from
 * starting, and `PGOPTIONS`, `JAVA_TOOL_OPTIONS`, `LD_PRELOAD` or a `~/.my.cnf` change what a server does.
 *
 * @param folder becomes the home folder and the temporary folder
 */
export function cleanEnv(folder: string): Record<string, string> {
  const env: Record<string, string> = { HOME: folder, TMPDIR: folder, LC_ALL: "C" };
  for (const [name, value] of Object.entries(process.env))
    if (value !== undefined && kept.test(name)) env[name] = value;
  return env;
}
