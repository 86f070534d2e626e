/** What runs have made at servers that are someone else's, and whether those runs are over. */
import { type Mark, readMark } from "../owners/run-mark.ts";

/** Something that bears the mark of a run. */
export interface Leftover {
  /** For people: `database raceproof_…`. */
  readonly what: string;
  readonly mark: Mark;
  /** Others could put something there, too, since that run ended: it is emptied only when somebody asks for it. */
  readonly if_asked?: true;
  /** @throws what the server says; something that is gone already is no error */
  remove(): Promise<void>;
}

/** All that was found at a server, of anybody's runs, living ones too. Its disposal ends the connection. */
export interface Found extends AsyncDisposable {
  readonly leftovers: readonly Leftover[];
}

/** Those of these names that begin with this and go on with a mark, each with what is to be done with it. */
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
