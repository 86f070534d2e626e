import type { Step } from "../../backends/backend.ts";
import { not_sent } from "../../backends/not-sent.ts";
import type { TraceStep } from "../trace.ts";

/** As much of a step as decides whether its place among others matters. */
export interface Move {
  readonly client: number;
  readonly kind: Step["kind"];
  readonly keys: readonly string[] | undefined;
  readonly catalog?: Step["catalog"];
  /** Its kind, if the program works with several databases. */
  readonly database?: string | undefined;
  /** BEGIN, or a step that never reached the server: it commutes with everything. */
  readonly free: boolean;
  /** It waited, let another go on, met a fault, or backed off: its place matters to everyone. */
  readonly entangled: boolean;
  /** What it does depends on when it goes: of several such steps, the order matters. */
  readonly reads_clock: boolean;
  readonly begins: boolean;
  readonly returns: boolean;
}

const clock =
  /\b(now|sysdate|curdate|curtime|timeofday|unix_timestamp|utc_(date|time|timestamp)|(clock|statement|transaction)_timestamp) ?\(|\b(current_(date|time|timestamp)|localtime(stamp)?)\b|'(now|today|tomorrow|yesterday)'/i;

/** Whether a statement asks what time it is. */
export const asksClock = ({ statement }: TraceStep): boolean => clock.test(statement);

/**
 * What a step turned out to be, once it was done: `steps[row]` and what it did to the others.
 * @param clock_matters the program asks for the time; and in PostgreSQL that is when the transaction began
 */
export function moveOf(steps: readonly TraceStep[], row: number, clock_matters: boolean): Move {
  const step = steps[row] as TraceStep;
  const { client, kind, keys, database, catalog } = step;
  const releases = steps.some((other) => other.releasedBy === row);
  const was_sent = step.error !== not_sent;
  const entangled = Boolean(
    step.waited ||
      releases ||
      step.fault ||
      step.backsOff ||
      step.letsOn ||
      (step.error && was_sent),
  );
  const reads_clock = was_sent && (kind === "begin" ? clock_matters : asksClock(step));
  const free = !entangled && !reads_clock && (kind === "begin" || !was_sent);
  const { begins = false, returns = false } = step;
  return { client, kind, keys, catalog, database, free, entangled, reads_clock, begins, returns };
}

/**
 * Whether two neighbouring steps of different clients can change places with no difference to anyone:
 * BEGIN and anything (but where both tell the time), what was never sent and anything, two reads, what touches only its own session and anything, what
 * reads how the tables are made and what works with rows, steps on different keys, steps in databases of different kinds: PostgreSQL knows nothing of Redis. (Of two MySQL databases on one server it may.) In doubt, no.
 *
 * @param several_operations whether a client does more than one: then the order of their returns matters
 *   to a history
 */
export function commute(a: Move, b: Move, several_operations: boolean): boolean {
  if (a.client === b.client || a.entangled || b.entangled) return false;
  if (several_operations && a.returns && b.returns) return false;
  // One operation before another, or side by side: that is not the same history.
  if ((a.begins && b.returns) || (a.returns && b.begins)) return false;
  if (a.reads_clock && b.reads_clock) return false;
  if (a.free || b.free || a.kind === "begin" || b.kind === "begin") return true;
  if (a.kind === "read" && b.kind === "read") return true;
  if (a.catalog === "nothing" || b.catalog === "nothing") return true;
  if (a.catalog === "reads") return b.catalog !== "may change";
  if (b.catalog === "reads") return a.catalog !== "may change";
  const in_two = a.database !== undefined && b.database !== undefined;
  if (in_two && a.database !== b.database) return true;
  const others = new Set(b.keys);
  return a.keys !== undefined && b.keys !== undefined && !a.keys.some((key) => others.has(key));
}
