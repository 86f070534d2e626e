import type { History, Operation } from "../histories/event.ts";
import { byKey } from "./by-key.ts";
import { escaped, shortened } from "./call.ts";
import { plainText } from "./plain-text.ts";
import { value } from "./shapes.ts";
import type { SyncChecker, Verdict } from "./verdict.ts";
import { ofKey, who } from "./who.ts";

/**
 * No lost update, for any read-modify-write on any number of keys: `update`, which answers
 * [what it read, what it wrote]. When updates run one after the other, each reads what the previous one wrote, or
 * the initial value, and no two read the result of the same write. So no value is read more often than it was
 * written; a value that is missing may have been written by a crashed update.
 * The same value may be written several times. If the initial value is unknown, one more value may be read.
 * @param initial what each key starts with. When not given: what the header says
 */
export function readModifyWriteChecker(initial?: unknown): SyncChecker {
  return {
    name: "read-modify-write",
    knows: { update: { output: value }, read: {} },
    check({ header, operations }: History): Verdict {
      const keys = byKey(operations);
      const figures = { acknowledged: 0, unknown: 0, lost: 0 };
      let wrong: string | undefined;
      for (const [key, of_key] of keys) {
        const updates = of_key.filter(({ f, status }) => f === "update" && status === "ok");
        const crashed = of_key.filter(({ f, status }) => f === "update" && status === "info");
        figures.acknowledged += updates.length;
        figures.unknown += crashed.length;
        const start = initial === undefined ? header?.initial : initial;
        const unwritten = readTooOften(updates, start === undefined ? [] : [plainText(start)]);
        const allowed = crashed.length + (start === undefined ? 1 : 0);
        if (unwritten.length <= allowed) continue;
        figures.lost += unwritten.length - allowed;
        const [text] = readAndWritten(unwritten[0]!);
        const read = shortened(escaped(text));
        const readers = updates.filter((update) => readAndWritten(update)[0] === text);
        const names = readers.slice(0, 2).map((reader) => who(reader, header));
        const of = ofKey(key, keys.size > 1);
        wrong ??=
          names.length === 2
            ? `${names.join(" and ")} both read ${read}, and one update was lost${of}.`
            : `${names[0]} read ${read}, which nobody wrote${of}.`;
      }
      const verdict = (verdict: Verdict["verdict"], reason: string): Verdict => ({
        checker: "read-modify-write",
        verdict,
        reason,
        figures,
      });
      if (wrong !== undefined) return verdict("invalid", wrong);
      if (figures.acknowledged === 0) return verdict("unknown", "No update was acknowledged.");
      return verdict("valid", `None of the ${figures.acknowledged} acknowledged updates was lost.`);
    },
  };
}

/** Updates that read a value more often than it was written. */
function readTooOften(updates: readonly Operation[], written: readonly string[]): Operation[] {
  const left = new Map<string, number>();
  for (const value of [...written, ...updates.map((update) => readAndWritten(update)[1])])
    left.set(value, (left.get(value) ?? 0) + 1);
  return updates.filter((update) => {
    const [read] = readAndWritten(update);
    const count = left.get(read) ?? 0;
    left.set(read, count - 1);
    return count <= 0;
  });
}

function readAndWritten({ output }: Operation): [string, string] {
  if (!Array.isArray(output) || output.length !== 2)
    throw new Error("an update must answer [what it read, what it wrote].");
  const [read, written] = output as [unknown, unknown];
  return [plainText(read), plainText(written)];
}
