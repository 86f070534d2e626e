import type { Backend, SentStatement } from "../../backends/backend.ts";
import type {
  Disturbance,
  FoundFailure,
  GaveUp,
  PartExploration,
  Unrepeated,
} from "../findings.ts";
import { Notes } from "../notes.ts";
import { type ExplorationOptions, sizeOf } from "../options.ts";
import type { Failure } from "../program.ts";
import type { Lane, Played } from "../run/lane.ts";
import { type DrainEnd, drain } from "../run/lanes.ts";
import { newLane } from "../run/new-lane.ts";
import { Tally } from "../tally.ts";
import { hasVerdict, type Trace } from "../trace.ts";
import { confirm, reruns_max, smallest } from "./confirm.ts";
import { Exhaust } from "./dfs.ts";
import { FaultSearch } from "./fault-search.ts";
import { FreshStart } from "./fresh-start.ts";
import { type Doubt, doubtOf, doubtsIn } from "./proof.ts";
import { RandomSearch } from "./random.ts";
import type { Search } from "./search.ts";

const values = /'(?:[^']|'')*'|\b\d+\b/g;
const gave_up_max = 5;
const grow_after_default = 100;
const exhaustive_max = 20_000;
const random_default = 200;

interface Found {
  readonly played: Played;
  readonly number: number;
}

/**
 * One search through the schedules of a program, from its beginning until it ends, is cut short, or finds a
 * failure. It begins with one lane, and goes on with more where that is worth it and the backend can copy its
 * database. What fails is believed only when it fails again, alone.
 */
export class Pass<Client> implements AsyncDisposable {
  /** Set when lanes got in each other's way: then this pass says nothing, and one with a single lane has to. */
  disturbance: Disturbance | undefined;
  readonly #options: ExplorationOptions<Client>;
  readonly #lanes_max: number;
  readonly #fresh = new FreshStart();
  readonly #tally = new Tally();
  readonly #search: Search;
  readonly #lane: Lane<Client>;
  readonly #more: Lane<Client>[] = [];
  readonly #copies: Backend<Client>[] = [];
  #first: Found | undefined;
  #unrepeated: Unrepeated | undefined;
  #server_wide: string | undefined;
  #given_up = 0;
  #held_up = 0;
  #gave_up: GaveUp | undefined;
  #polled = 0;
  #stood_still = 0;
  /** The first doubt of each kind that a schedule has shown. */
  readonly #shown: Doubt[] = [];
  readonly #notes = new Notes();
  /** Each statement once, whatever its values are: those may be large, and others in each schedule. */
  readonly #sent = new Map<string, SentStatement>();

  constructor(options: ExplorationOptions<Client>, lanes_max: number) {
    this.#options = options;
    this.#lanes_max = lanes_max;
    this.#search = searchOf(options);
    this.#lane = newLane(options, { fresh_start: this.#fresh });
  }

  /** @param until_ms no schedule begins later, by `now_ms` */
  async run(until_ms: number | undefined): Promise<PartExploration> {
    const { search, schedules: given, signal } = this.#options;
    const { grow_after = grow_after_default } = this.#options;
    const size = sizeOf(this.#options);
    const schedules_max = given ?? (search === "exhaustive" ? exhaustive_max : random_default);
    const { schedules, end } = await drain(
      [this.#lane],
      size,
      this.#search,
      { schedules_max, until_ms, signal },
      (played, number) => this.#seen(played, number),
      { after: grow_after, more: () => this.#grow() },
    );
    const failure = await this.#failure(until_ms);
    await this.#askServer();
    const example = failure ? undefined : await this.#example(size);
    return { ...this.#conclude(size, schedules, end, failure), ...(example ? { example } : {}) };
  }

  #noteStatements({ steps }: Trace): void {
    for (const { statement, database } of steps) {
      const without_values = `${database} ${statement.replace(values, "?")}`;
      if (!this.#sent.has(without_values)) this.#sent.set(without_values, { statement, database });
    }
  }

  /** No schedule shows which functions and triggers the server runs; it knows them. */
  async #askServer(): Promise<void> {
    if (this.#first !== undefined || this.#shown.length > 0 || !this.#search.exhaustive) return;
    const divided = await this.#options.backend.divided?.(this.#sent.values());
    if (divided) this.#shown.push({ kind: "divisible", ...divided });
  }

  /** Taking turns at every step brings clients as near to a race as they can come. */
  async #example(operations: readonly number[]): Promise<Trace | undefined> {
    if (!this.#options.example || this.disturbance || this.#first || this.#options.signal?.aborted)
      return undefined;
    let is_first = true;
    const pick = (): number => {
      const other = is_first ? 0 : 1;
      is_first = false;
      return other;
    };
    const turns = { operations, pick, faults: [], notes_sources: true };
    const { trace, failure } = await this.#lane.play(turns);
    return failure === undefined && trace.ending.kind === "ended" ? trace : undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const lanes = [this.#lane, ...this.#more];
    await Promise.all(lanes.map((lane) => lane[Symbol.asyncDispose]()));
    await Promise.all(this.#copies.map((copy) => copy[Symbol.asyncDispose]()));
  }

  async #seen(played: Played, number: number): Promise<"stop" | undefined> {
    this.#options.progress?.(number);
    if (this.#isTriedAgain(played)) return undefined;
    this.#tally.add(played);
    if (played.trace.polled) this.#polled++;
    if (played.trace.stoodStill) this.#stood_still++;
    for (const doubt of doubtsIn(played.trace))
      if (!this.#shown.some(({ kind }) => kind === doubt.kind)) this.#shown.push(doubt);
    if (played.trace.ending.kind !== "ended") this.#given_up++;
    if (this.#search.exhaustive && this.#options.backend.divided)
      this.#noteStatements(played.trace);
    this.#notes.add(played.trace, this.#options.backend.name);
    if (this.#isWithoutVerdict(played) === "stop") return "stop";
    this.#server_wide ??= played.trace.steps.find(
      (step) => step.serverWide || step.outside !== undefined,
    )?.statement;
    if (this.#more.length > 0 && this.#server_wide !== undefined) {
      const lanes = this.#more.length + 1;
      this.disturbance = { kind: "server-wide step", lanes, statement: this.#server_wide };
      return "stop";
    }
    if (played.failure) await this.#failed(played, number);
    return this.#first && !this.#options.keep_going ? "stop" : undefined;
  }

  /** Where somebody else held the clients up, a search through all interleavings tries the same again: not for ever. */
  #isTriedAgain({ trace }: Played): boolean {
    if (trace.ending.kind !== "held up" || !this.#search.exhaustive) return false;
    if (this.#held_up + 1 === gave_up_max) return false;
    this.#held_up++;
    return true;
  }

  /** Each costs the time of a limit: a few of them are enough to say so. */
  #isWithoutVerdict({ trace }: Played): "stop" | undefined {
    if (trace.ending.kind === "ended" || hasVerdict(trace.ending)) return undefined;
    const count = (this.#gave_up?.count ?? 0) + 1;
    this.#gave_up = { trace: this.#gave_up?.trace ?? trace, count };
    return count + this.#held_up >= gave_up_max ? "stop" : undefined;
  }

  /** With one lane it is alone already; with more it has to wait until the others have stopped. */
  async #failed(played: Played, number: number): Promise<void> {
    if (this.#more.length > 0) {
      // The first by number, not by time: with one seed it is always the same.
      if (number < (this.#first?.number ?? Infinity)) this.#first = { played, number };
      return;
    }
    if (this.#first !== undefined) return;
    const again = await confirm(this.#lane, played);
    if (again) this.#first = { played: again, number };
    else this.#didNotRepeat({ played, number });
  }

  #didNotRepeat({ played, number }: Found): void {
    const { failure, foundAfter: found_after } = this.#unrepeated ?? {
      failure: played.failure as Failure,
      foundAfter: number,
    };
    const count = (this.#unrepeated?.count ?? 0) + 1;
    this.#unrepeated = { failure, foundAfter: found_after, runs: reruns_max, count };
  }

  async #failure(until_ms: number | undefined): Promise<FoundFailure | undefined> {
    const first = this.#first;
    if (first === undefined || this.disturbance !== undefined) return undefined;
    let { played } = first;
    if (this.#more.length > 0) {
      const again = await confirm(this.#lane, played);
      if (again === undefined) {
        const lanes = this.#more.length + 1;
        const failure = played.failure as Failure;
        this.disturbance = { kind: "failed beside others", lanes, failure };
        return undefined;
      }
      played = again;
    }
    const shrinks_until_ms = this.#options.shrinks === false ? 0 : until_ms;
    const failure = await smallest(this.#lane, played, first.number, shrinks_until_ms);
    if (failure === undefined) this.#didNotRepeat(first);
    return failure;
  }

  async #grow(): Promise<readonly Lane<Client>[]> {
    const { backend } = this.#options;
    if (this.#server_wide !== undefined || !backend.copyForLane) return [];
    // A database is copied while nobody is connected to it.
    if (this.#lanes_max > 1) await this.#lane.disconnect();
    while (this.#more.length + 1 < this.#lanes_max) {
      const copy = await backend.copyForLane();
      if (copy === undefined) break;
      this.#copies.push(copy);
      const options = { ...this.#options, backend: copy };
      this.#more.push(newLane(options, { fresh_start: this.#fresh }));
    }
    return this.#more;
  }

  #conclude(
    operations: readonly number[],
    schedules: number,
    end: DrainEnd,
    failure: FoundFailure | undefined,
  ): PartExploration {
    const { exhaustive, pruned, diverged } = this.#search;
    // Of a part, its caller decides, together with the others.
    const is_whole = exhaustive && this.#options.branches === undefined;
    const counts = this.#tally.counts(is_whole && !this.#options.faults?.length);
    const doubt = doubtOf({
      failed: this.#first !== undefined,
      exhaustive: is_whole,
      end,
      schedules,
      lost_branches: diverged,
      given_up: this.#given_up,
      polled: this.#polled,
      stood_still: this.#stood_still,
      shown: this.#shown,
      unrepeated: this.#unrepeated?.count ?? 0,
      racing: counts.racing,
      looks: this.#fresh.looks,
      stale: this.#fresh.stale,
      too_large: this.#fresh.too_large,
    });
    const covered = exhaustive && this.#polled + this.#stood_still + this.#given_up === 0;
    const left = end === "schedules" ? this.#search.left : undefined;
    return {
      operations,
      schedules,
      pruned,
      complete: end === "all" && covered && diverged === 0,
      // What was lost is among what is left.
      ...(left ? { left: { branches: left, covered } } : {}),
      proof: doubt === undefined,
      ...(this.#options.backend.commitsApart ? { commitsApart: true } : {}),
      ...(doubt ? { doubt } : {}),
      seed: exhaustive ? undefined : (this.#options.seed ?? 1),
      diverged,
      ...counts,
      ...(failure ? { failure } : {}),
      ...(this.#unrepeated ? { unrepeated: this.#unrepeated } : {}),
      ...(this.#gave_up ? { gaveUp: this.#gave_up } : {}),
      ...(this.#notes.all.length > 0 ? { notes: this.#notes.all } : {}),
    };
  }
}

function searchOf<Client>(options: ExplorationOptions<Client>): Search {
  const { clients, operations = 1, program, prune = true, faults = [] } = options;
  if (options.search === "random") {
    return new RandomSearch(clients, options.seed ?? 1, faults, options.skips);
  }
  const exhaust = {
    // On a shared connection even BEGIN is everybody's.
    prune: prune && !program.sharedConnection,
    several_operations: operations > 1,
  };
  return faults.length === 0
    ? new Exhaust({ ...exhaust, branches: options.branches })
    : new FaultSearch(exhaust, faults, program.alike ?? false);
}
