import { plainDataText } from "../histories/plain-data.ts";
import { type Coverage, OrdersSeen } from "./coverage.ts";
import type { Played } from "./run/lane.ts";
import type { OperationResult, Trace } from "./trace.ts";

export interface Counts {
  readonly interleavings: number | undefined;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly endings: Readonly<Record<string, number>>;
  readonly failed: Readonly<Record<string, number>>;
  readonly unknown: Readonly<Record<string, number>>;
  readonly waited: number;
  readonly racing: number;
  readonly coverage: Coverage;
}

/** Counts what schedules showed. */
export class Tally {
  #waited = 0;
  #racing = 0;
  readonly #outcomes: Record<string, number> = {};
  readonly #endings: Record<string, number> = {};
  readonly #failed: Record<string, number> = {};
  readonly #unknown: Record<string, number> = {};
  /** Steps of each client, while they are the same in every schedule and none depends on another's. */
  #steps: string | undefined;
  #regular = true;
  readonly #orders = new OrdersSeen();

  add({ trace, failure }: Played): void {
    const kind = failure?.kind ?? "correct";
    count(this.#outcomes, kind);
    count(this.#endings, [kind, ...trace.results.map(endOf)].join("; "));
    for (const { status, code } of trace.results) {
      if (status === "fail") count(this.#failed, code ?? "");
      if (status === "info") count(this.#unknown, code ?? "");
    }
    if (trace.steps.some((step) => step.waited)) this.#waited++;
    this.#racing = Math.max(this.#racing, new Set(trace.steps.map((step) => step.client)).size);
    this.#orders.add(trace);
    const steps = stepsOfEach(trace).join();
    this.#regular &&= (this.#steps ?? steps) === steps && isRegular(trace);
    this.#steps ??= steps;
  }

  /** @param all whether every interleaving was covered, as far as it went */
  counts(all: boolean): Counts {
    const known = all && this.#regular && this.#steps !== undefined;
    return {
      interleavings: known ? interleavings((this.#steps ?? "").split(",").map(Number)) : undefined,
      outcomes: this.#outcomes,
      endings: this.#endings,
      failed: this.#failed,
      unknown: this.#unknown,
      waited: this.#waited,
      racing: this.#racing,
      coverage: this.#orders.coverage(),
    };
  }
}

function count(counts: Record<string, number>, what: string): void {
  counts[what] = (counts[what] ?? 0) + 1;
}

function endOf({ client, status, output, code }: OperationResult): string {
  const said =
    status === "ok" ? (output === undefined ? "" : ` ${plainDataText(output)}`) : ` ${code ?? ""}`;
  return `client ${client} ${status}${said}`;
}

function stepsOfEach(trace: Trace): number[] {
  return trace.operations.map((_, i) => trace.steps.filter((s) => s.client === i + 1).length);
}

function isRegular(trace: Trace): boolean {
  return trace.ending.kind === "ended" && !trace.steps.some((s) => s.waited || s.backsOff);
}

/** In how many ways so many steps of each client can be mixed: the multinomial coefficient. */
export function interleavings(steps: readonly number[]): number {
  let ways = 1;
  let placed = 0;
  for (const count of steps) {
    for (let i = 1; i <= count; i++) ways = (ways * ++placed) / i;
  }
  return Math.round(ways);
}
