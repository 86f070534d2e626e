/**
 * What a program needs to be found, to know whose it is, to fetch what is missing through a proxy, and to build an
 * image with the right engine.
 */
const kept =
  /^(PATH|USER|LOGNAME|TZ|APT_CONFIG|SSL_CERT_(FILE|DIR)|CURL_CA_BUNDLE|\w+_proxy|DOCKER_\w+)$/i;

/**
 * The environment of a server's programs. Most of ours is left out: a language that is not installed keeps Redis from
 * starting, and `PGOPTIONS`, `JAVA_TOOL_OPTIONS`, `LD_PRELOAD` or a `~/.my.cnf` make another server of it.
 *
 * @param folder home and temporary folder
 */
export function cleanEnv(folder: string): Record<string, string> {
  const env: Record<string, string> = { HOME: folder, TMPDIR: folder, LC_ALL: "C" };
  for (const [name, value] of Object.entries(process.env))
    if (value !== undefined && kept.test(name)) env[name] = value;
  return env;
}
