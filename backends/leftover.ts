/** What runs have made on servers that are someone else's, and whether those runs are over. */
import { type Mark, readMark } from "../owners/run-mark.ts";

/** Something that bears the mark of a run. */
export interface Leftover {
  /** For people: `database raceproof_…`. */
  readonly what: string;
  readonly mark: Mark;
  /** Others may have put something there since that run ended: it is emptied only on request. */
  readonly if_asked?: true;
  /** It can only be of this machine, which the mark alone does not tell once the machine was started again. */
  readonly is_here?: true;
  /** @throws the server's error; it is not an error when it is already gone */
  remove(): Promise<void>;
}

/** All leftovers at a server, of anybody's runs, even living ones. Disposing of it ends the connection. */
export interface Found extends AsyncDisposable {
  readonly leftovers: readonly Leftover[];
}

/** The leftovers among these names: those that begin with a prefix and go on with a mark. */
export function namedLeftovers(
  kind: string,
  prefix: string,
  names: readonly string[],
  remove: (name: string) => Promise<unknown>,
): Leftover[] {
  return names.flatMap((name) => {
    const mark = name.startsWith(prefix) ? readMark(name.slice(prefix.length)) : undefined;
    if (mark === undefined) return [];
    return [{ what: `${kind} ${name}`, mark, remove: async () => void (await remove(name)) }];
  });
}
