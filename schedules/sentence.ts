import { whomFor } from "./interleaving.ts";
import type { Failure } from "./program.ts";
import type { Trace, TraceStep } from "./trace.ts";

/**
 * One sentence that says how it came to a failure: who read what, who overwrote whom, whose reply was lost.
 * Where the steps do not tell, the check's own words.
 */
export function explain(trace: Trace, failure: Failure): string {
  if (trace.ending.kind !== "ended") return sentence([faultStory(trace), trace.ending.reason]);
  const story = [faultStory(trace), overwriteStory(trace)].filter((part) => part !== undefined);
  if (story.length > 0) return sentence(story);
  return sentence([deadlockStory(trace) ?? failure.message]);
}

function sentence(parts: readonly (string | undefined)[]): string {
  const text = parts.filter((part) => part !== undefined).join("; ");
  return text.endsWith(".") ? text : `${text}.`;
}

function faultStory(trace: Trace): string | undefined {
  const at = trace.steps.findIndex((step) => step.fault !== undefined);
  const step = trace.steps[at];
  if (!step) return undefined;
  const who = `client ${step.client}`;
  if (step.fault === "die") return `${who} died before \`${step.statement}\``;
  if (step.fault === "expire") return `the lock expired before ${who}'s \`${step.statement}\``;
  const again = trace.steps.find(
    (later, i) => i > at && later.client === step.client && later.statement === step.statement,
  );
  const done = `the server did ${who}'s \`${step.statement}\`, but its reply was lost`;
  if (again) return `${done} and ${who} did it again`;
  if (step.error !== undefined) return `${done}: ${who} saw error ${step.error}`;
  return `${done} and the driver sent it again by itself`;
}

/** Two clients read the same, both before the other wrote, and both wrote. */
function overwriteStory(trace: Trace): string | undefined {
  const changes = changesOf(trace);
  for (const [i, later] of changes.entries()) {
    for (const earlier of changes.slice(0, i).reverse()) {
      if (later.client === earlier.client) continue;
      if (later.read_at > earlier.write_at || later.value !== earlier.value) continue;
      const both = `client ${earlier.client} and client ${later.client} both read ${later.value}`;
      return `${both}; ${overwrites(earlier, later)}`;
    }
  }
  return undefined;
}

interface Change {
  readonly client: number;
  readonly value: string;
  readonly read_at: number;
  /** Row at which the write took effect: where it waited, the row that let it go on. */
  readonly write_at: number;
  readonly written: string | undefined;
}

function overwrites(earlier: Change, later: Change): string {
  const over = earlier.written === undefined ? "write" : earlier.written;
  const what = later.written === undefined ? "over" : `${later.written} over`;
  return `client ${later.client} wrote ${what} client ${earlier.client}'s ${over}`;
}

/** Writes that took effect, each with what its client had last read before it, in the order of their effect. */
function changesOf(trace: Trace): Change[] {
  const changes: Change[] = [];
  trace.steps.forEach((step, row) => {
    if (step.kind !== "write" || !tookEffect(step)) return;
    const read_at = trace.steps.findLastIndex(
      (s, i) => i < row && s.client === step.client && valueRead(s) !== undefined,
    );
    const read = trace.steps[read_at];
    if (!read) return;
    changes.push({
      client: step.client,
      value: valueRead(read) as string,
      read_at: read.released_by ?? read_at,
      write_at: step.released_by ?? row,
      written: valueWritten(step.statement),
    });
  });
  return changes.sort((a, b) => a.write_at - b.write_at);
}

function tookEffect(step: TraceStep): boolean {
  const lost = step.fault === "lose reply";
  return (
    (lost || step.error === undefined) && step.fault !== "die" && !step.reply?.startsWith("0 rows")
  );
}

/** `count_value = 5` and `5` are both 5; of several columns all are said. */
function valueRead(step: TraceStep): string | undefined {
  if (step.kind !== "read" && step.kind !== "lock") return undefined;
  const [, one] = /^[\w."`]+ = ([^,]*)$/.exec(step.reply ?? "") ?? [];
  return one ?? (step.reply === "OK" || step.reply === "0 rows" ? undefined : step.reply);
}

/** The new value, where the statement says it outright. */
function valueWritten(statement: string): string | undefined {
  const literal = String.raw`('(?:[^']|'')*'|-?\d+(?:\.\d+)?)`;
  const sql = new RegExp(String.raw`\bSET\s+[\w."\`]+\s*=\s*${literal}(?=\s*(?:,|WHERE\b|$))`, "i");
  const redis = /^SET \S+ (\S+)/i;
  return sql.exec(statement)?.[1] ?? redis.exec(statement)?.[1];
}

/** The one that closed a circle of waits was ended by the server. */
function deadlockStory(trace: Trace): string | undefined {
  const ended = trace.steps.find(
    (step, row) =>
      step.error !== undefined &&
      trace.steps.some((other) => other.released_by === row && other.waited),
  );
  const waiter = trace.steps.find((step) => step.waited && step.client !== ended?.client);
  if (!ended || !waiter) return undefined;
  const whom = whomFor(waiter, trace);
  return `client ${waiter.client} waited for ${whom} when client ${ended.client} came to wait for client ${waiter.client}: the server ended client ${ended.client}'s \`${ended.statement}\` with error ${ended.error}`;
}
