/**
 * A word of a command line, or a URL, as it may be shown. Where it holds a password there is a `…`; what begins like
 * a URL and cannot be read as one is not shown, as nobody can tell where its password ends.
 */
export function withoutPassword(word: string): string {
  const begins_at = word.search(/[a-z][a-z+]*:\/\//);
  if (begins_at < 0) return word;
  const before = word.slice(0, begins_at);
  const text = word.slice(begins_at);
  if (!URL.canParse(text)) return `${before}…`;
  const { protocol, username, password, host, pathname, search } = new URL(text);
  if (password === "" && !/pass|secret|key|token/i.test(search)) return word;
  const user = password === "" ? username : `${username}:…`;
  return `${before}${protocol}//${user === "" ? "" : `${user}@`}${host}${pathname}`;
}
