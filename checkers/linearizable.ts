import type { History, Operation } from "../histories/event.ts";
import { byKey } from "./by-key.ts";
import { counterChecker } from "./counter.ts";
import { explain } from "./explain/explain.ts";
import { fromNowhere } from "./from-nowhere/from-nowhere.ts";
import { memoryToTakeHereMb } from "./memory-limit.ts";
import { type MakeModel, models, startOf } from "./models/index.ts";
import { register } from "./models/register.ts";
import { toProblem } from "./search/problem.ts";
import { search } from "./search/search.ts";
import type { Budget, GaveUp, SearchResult } from "./search/search-result.ts";
import { split } from "./split.ts";
import { containers, type Reduction, reduce } from "./unique-values/reduce.ts";
import { impossibleZones } from "./unique-writes.ts";
import type { Limits, SyncChecker, Verdict } from "./verdict.ts";
import { strangeTo } from "./vocabulary.ts";
import { named, ofKey } from "./who.ts";

export interface LinearizableOptions {
  /** What everything starts with. When not given: what the header says, or else the model's own start. */
  readonly initial?: unknown;
  /** Return an order that proves the history linearizable. */
  readonly witness?: boolean;
  /** Judges a part of the keys only: `{ index: 0, of: 2 }` is the first, third, fifth, … of them. */
  readonly share?: { readonly index: number; readonly of: number };
  /** The number of events passed so far is written here. */
  readonly progress?: Int32Array;
  /** When the time limit began, on the clock of `performance.now()`. When not given: when the check begins. */
  readonly started_ms?: number;
  /** Is told of an invalid verdict before its explanation is looked for, which takes time of its own. */
  readonly found?: (verdict: Verdict) => void;
}

const explaining_ms = 5_000;
const drawing_ms = 2_000;

/** Linearizability of any model, exact, each key by itself. */
export function linearizable(
  name: string,
  make: MakeModel,
  options: LinearizableOptions = {},
): SyncChecker {
  return {
    name,
    check(history: History, limits: Limits = {}): Verdict {
      const wrong = strangeTo(name, make(options.initial), history);
      if (wrong !== undefined) return { checker: name, verdict: "unknown", reason: wrong };
      const judge = (within: Limits): Verdict =>
        new Judge(name, make, options, within, history).judge();
      const quickly = make === models["counter"] && options.initial === undefined;
      if (!quickly || options.witness === true) return judge(limits);
      const quick = counterChecker.check(history);
      if (quick.verdict === "unknown") return judge(limits);
      if (quick.verdict === "valid") return quick;
      options.found?.(quick);
      // The quick way has the sentence; the drawing comes from the search, if that is done soon.
      const spent_ms = performance.now() - (options.started_ms ?? performance.now());
      const timeout_ms = Math.min(spent_ms + drawing_ms, limits.timeoutMs ?? Infinity);
      return { ...drawn(() => judge({ ...limits, timeoutMs: timeout_ms })), ...quick };
    },
  };
}

class Judge {
  readonly #name: string;
  readonly #make: MakeModel;
  readonly #options: LinearizableOptions;
  readonly #limits: Limits;
  readonly #history: History;
  readonly #budget: Budget;
  readonly #figures: Record<string, number>;

  constructor(
    name: string,
    make: MakeModel,
    options: LinearizableOptions,
    limits: Limits,
    history: History,
  ) {
    this.#name = name;
    this.#make = make;
    this.#options = options;
    this.#limits = { memoryMb: memoryToTakeHereMb(), ...limits };
    this.#history = history;
    this.#figures = { operations: history.operations.length };
    const { timeoutMs: timeout_ms, memoryMb: memory_mb = 0, signal } = this.#limits;
    this.#budget = {
      ...(timeout_ms === undefined
        ? {}
        : { deadline_ms: (options.started_ms ?? performance.now()) + timeout_ms }),
      memory_bytes: (memory_mb * 2 ** 20) / (options.share?.of ?? 1),
      ...(signal === undefined ? {} : { signal }),
      ...(options.progress === undefined ? {} : { progress: options.progress }),
      witness: options.witness === true,
    };
  }

  judge(): Verdict {
    const { header, operations } = this.#history;
    const keys = byKey(operations);
    const model = this.#make(startOf(this.#make, this.#options.initial, header));
    const witness: Operation[] = [];
    let unknown: string | undefined;
    for (const { key, judged, impossible, blocked } of this.#parts(keys, model.init)) {
      const of_key = keys.get(key)!;
      const name = ofKey(key, keys.size > 1);
      if (impossible) return this.#invalid(of_key, judged, blocked ?? lastOf(judged), name);
      const problem = toProblem(judged, model);
      const outcome = search(problem, model, this.#budget);
      if (outcome.kind === "impossible")
        return this.#invalid(of_key, judged, problem.operations[outcome.blocked]!, name);
      if (outcome.kind === "gave up")
        unknown ??= `${gaveUp(outcome, this.#limits, problem.events.length)}${name}.`;
      else witness.push(...outcome.order.map((operation) => problem.operations[operation]!));
    }
    if (unknown !== undefined) return this.#verdict("unknown", unknown);
    const valid = this.#verdict("valid", `All ${operations.length} operations fit into one order.`);
    return this.#options.witness === true ? { ...valid, witness } : valid;
  }

  /** What the search has to judge: a whole key, or only parts of it where a quicker way knows that these decide. */
  *#parts(
    keys: ReadonlyMap<string, readonly Operation[]>,
    initial: unknown,
  ): Generator<{
    key: string;
    judged: readonly Operation[];
    impossible: boolean;
    blocked: Operation | undefined;
  }> {
    const { index, of } = this.#options.share ?? { index: 0, of: 1 };
    for (const [number, [key, of_key]] of [...keys].entries()) {
      if (number % of !== index) continue;
      const { impossible, parts, blocked } = this.#reduced(of_key, initial);
      const all = this.#options.witness === true && !impossible;
      for (const judged of all ? [of_key] : parts) yield { key, judged, impossible, blocked };
    }
  }

  #reduced(of_key: readonly Operation[], initial: unknown): Reduction {
    if (models[this.#name] !== this.#make) return { parts: [of_key], impossible: false };
    if (containers[this.#name] !== undefined) return reduce(this.#name, of_key, initial);
    const nowhere = fromNowhere(this.#name, of_key, initial);
    if (nowhere !== undefined)
      return { parts: [nowhere.operations], impossible: true, blocked: nowhere.blocked };
    const parts = split(this.#name, of_key);
    if (parts.length !== 1) return { parts, impossible: false };
    if (this.#make !== register) return { parts: [of_key], impossible: false };
    const zones = impossibleZones(of_key, initial);
    if (zones === undefined) return { parts: [of_key], impossible: false };
    return { parts: zones.length === 0 ? [] : [zones], impossible: zones.length > 0 };
  }

  /**
   * First the verdict, then its explanation: whatever happens to the explanation, the verdict stays.
   * @param closed operations that are impossible whatever the others did, as far as known
   * @param blocked what the search could not place; the last one of `closed` when there was no search
   */
  #invalid(
    of_key: readonly Operation[],
    closed: readonly Operation[],
    blocked: Operation,
    key: string,
  ): Verdict {
    const { header } = this.#history;
    const name = named(blocked, header);
    const plain = `what happened up to the return of ${name} is impossible${key}`;
    this.#options.found?.(this.#verdict("invalid", `${plain}; there was no time to find out why.`));
    const now = performance.now();
    const deadline_ms = Math.min(
      now + explaining_ms,
      Math.max(now + 100, this.#budget.deadline_ms ?? Number.POSITIVE_INFINITY),
    );
    const budget: Budget = { ...this.#budget, deadline_ms };
    try {
      const model = this.#make(startOf(this.#make, this.#options.initial, header));
      const impossible = { all: of_key, closed, until: blocked.returned, model, make: this.#make };
      const why = explain(impossible, header, budget);
      const hint = why.minimal
        ? ""
        : " There was no time to make the evidence as small as it can be.";
      const verdict = this.#verdict("invalid", `${why.sentence}${key}.${hint}`);
      const { evidence, drawing, minimal, reason } = why;
      if (why.left_out > 0) this.#figures["evidence_left_out"] = why.left_out;
      return { ...verdict, evidence, drawing, minimal, why: reason };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return this.#verdict("invalid", `${plain}. It could not be explained: ${message}`);
    }
  }

  #verdict(verdict: Verdict["verdict"], reason: string): Verdict {
    return { checker: this.#name, verdict, reason, figures: this.#figures };
  }
}

/** The operation that returned last, of those that happened. */
function lastOf(operations: readonly Operation[]): Operation {
  return operations
    .filter(({ status }) => status === "ok")
    .reduce((last, each) => (each.returned > last.returned ? each : last));
}

/** Evidence and drawing from another checker, if it also says invalid. */
function drawn(judge: () => Verdict): Partial<Verdict> {
  try {
    return judge();
  } catch {
    return {};
  }
}

function gaveUp(
  { why, events_passed }: Extract<SearchResult, { kind: "gave up" }>,
  { timeoutMs: timeout_ms, memoryMb: memory_mb }: Limits,
  events: number,
): string {
  const reasons: Record<GaveUp, string> = {
    stopped: "Told to stop",
    time: `Not decided within ${(timeout_ms ?? 0) / 1000} s`,
    memory: `Not decided within ${memory_mb} MB`,
    width: "Too many orders are possible at once",
    turns: "Too many orders are possible",
  };
  return `${reasons[why]}: event ${events_passed} of ${events} was reached`;
}
