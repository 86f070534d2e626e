import { shownStatement } from "../histories/shortened.ts";
import type { Failure } from "../schedules/program.ts";
import type { Trace, TraceStep } from "../schedules/trace.ts";
import { whomFor } from "./interleaving.ts";

/**
 * One sentence that says how it came to a failure: who read what, who overwrote whom, whose reply was lost.
 * Where the steps do not tell, the check's own words.
 */
export function explain(trace: Trace, failure: Failure): string {
  if (trace.ending.kind !== "ended") return sentence([faultStory(trace), trace.ending.reason]);
  const story = [faultStory(trace), overwriteStory(trace) ?? unheededStory(trace)].filter(
    (part) => part !== undefined,
  );
  if (story.length > 0) return sentence(story);
  if (trace.operations.length === 1)
    return sentence([`no race: one client alone fails: ${failure.message}`]);
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
  if (step.fault === "die") return `${who} died before \`${shownStatement(step.statement)}\``;
  if (step.fault === "expire")
    return `the lock expired before ${who}'s \`${shownStatement(step.statement)}\``;
  const again = trace.steps.find(
    (later, i) => i > at && later.client === step.client && later.statement === step.statement,
  );
  const done = `the server did ${who}'s \`${shownStatement(step.statement)}\`, but its reply was lost`;
  if (again) return `${done} and ${who} did it again`;
  if (step.error !== undefined) return `${done}: ${who} saw error ${step.error}`;
  return `${done} and the driver sent it again by itself`;
}

/** Two clients read the same before either's write could be seen, and both wrote. */
function overwriteStory(trace: Trace): string | undefined {
  const changes = changesOf(trace);
  // What says its value outright tells more than a script or a `SET v = v + 1`.
  const plain = changes.filter((change) => change.written !== undefined);
  return storyOf(plain) ?? storyOf(changes);
}

function storyOf(changes: readonly Change[]): string | undefined {
  for (const [i, later] of changes.entries()) {
    const before = changes.slice(0, i).reverse();
    // Rather two writes of the same kind to the same thing than any two.
    before.sort((a, b) => Number(alike(b, later)) - Number(alike(a, later)));
    for (const earlier of before) {
      if (later.client === earlier.client) continue;
      const seen = new Set(earlier.reads.map((read) => read.value));
      const same = later.reads.find((r) => r.row < earlier.visible_at && seen.has(r.value));
      if (!same) continue;
      const [one, two] = [earlier.client, later.client].sort((a, b) => a - b);
      return `client ${one} and client ${two} both read ${same.value}; ${acts(earlier, later)}`;
    }
  }
  return undefined;
}

function alike(a: Change, b: Change): boolean {
  const beginning = ({ statement }: Change): string => statement.split(" ", 2).join(" ");
  return beginning(a) === beginning(b);
}

/** A write that changed nothing, by a client that went on as if it had. */
function unheededStory(trace: Trace): string | undefined {
  const step = trace.steps.find((s) => {
    const result = trace.results.find((r) => r.client === s.client && r.operation === s.operation);
    return s.kind === "write" && s.reply?.startsWith("0 rows") && result?.status === "ok";
  });
  return (
    step &&
    `client ${step.client}'s \`${shownStatement(step.statement)}\` changed nothing, and client ${step.client} went on as if it had`
  );
}

/** A write that took effect, with what its client had read before it. */
interface Change {
  readonly client: number;
  readonly reads: readonly { readonly row: number; readonly value: string }[];
  /** Row from which others see it: its transaction's COMMIT, or its own. */
  readonly visible_at: number;
  readonly written: string | undefined;
  readonly statement: string;
}

function acts(earlier: Change, later: Change): string {
  if (later.written !== undefined && earlier.written !== undefined) {
    return `client ${later.client} wrote ${later.written} over client ${earlier.client}'s ${earlier.written}`;
  }
  return `client ${earlier.client} acted on it with \`${shownStatement(earlier.statement)}\`, then client ${later.client} with \`${shownStatement(later.statement)}\``;
}

/** In the order in which others could see them. */
function changesOf({ steps }: Trace): Change[] {
  const changes: Change[] = [];
  steps.forEach((step, row) => {
    if (step.kind !== "write" || !tookEffect(step)) return;
    const reads = steps.slice(0, row).flatMap((s, i) => {
      const value =
        s.client === step.client && s.operation === step.operation ? valueRead(s) : undefined;
      return value === undefined ? [] : [{ row: s.releasedBy ?? i, value }];
    });
    const written = valueWritten(step.statement);
    if (reads.length === 0) return;
    const { client, statement } = step;
    changes.push({ client, statement, reads, visible_at: visibleAt(steps, row), written });
  });
  return changes.sort((a, b) => a.visible_at - b.visible_at);
}

function visibleAt(steps: readonly TraceStep[], row: number): number {
  const { client, releasedBy } = steps[row] as TraceStep;
  const edge = (s: TraceStep): boolean =>
    s.client === client && ["begin", "commit", "rollback"].includes(s.kind);
  const in_transaction = steps.findLast((s, i) => i < row && edge(s))?.kind === "begin";
  const end = steps.findIndex((s, i) => i > row && edge(s));
  return in_transaction && end >= 0 ? end : (releasedBy ?? row);
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
  const dynamodb = /^PutItem \{[^,]+, \w+: ([^,}]+)\}/;
  return [sql, redis, dynamodb].map((pattern) => pattern.exec(statement)?.[1]).find(Boolean);
}

/** The one that closed a circle of waits was ended by the server. */
function deadlockStory(trace: Trace): string | undefined {
  const ended = trace.steps.find(
    (step, row) =>
      step.error !== undefined &&
      trace.steps.some((other) => other.releasedBy === row && other.waited),
  );
  const waiter = trace.steps.find((step) => step.waited && step.client !== ended?.client);
  if (!ended || !waiter) return undefined;
  const whom = whomFor(waiter, trace);
  return `client ${waiter.client} waited for ${whom} when client ${ended.client} came to wait for client ${waiter.client}: the server ended client ${ended.client}'s \`${shownStatement(ended.statement)}\` with error ${ended.error}`;
}
