/**
 * A word of a command line, or a URL, in a form that may be shown. A password is replaced by `…`; a text that begins
 * like a URL but is not one is not shown, as it cannot be told where its password ends.
 */
export function withoutPassword(word: string): string {
  const begins_at = word.search(/[a-z][a-z+]*:\/\//);
  // A URL with a mistake at its begin: `redis//:password@host`.
  if (begins_at < 0) return word.replace(/:.*@/s, ":…@");
  const before = word.slice(0, begins_at);
  const text = word.slice(begins_at);
  if (!URL.canParse(text)) return `${before}…`;
  const { protocol, username, password, host, pathname, search } = new URL(text);
  if (password === "" && !/pass|secret|key|token/i.test(search)) return word;
  const user = password === "" ? username : `${username}:…`;
  return `${before}${protocol}//${user === "" ? "" : `${user}@`}${host}${pathname}`;
}
