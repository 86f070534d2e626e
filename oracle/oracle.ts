/**
 * The serial orders are the oracle: what the operations do one after the other, in whatever order, is right. An
 * interleaving that ends like none of them is a race, and nobody had to write a check (as in Lincheck: Koval et al.,
 * "Lincheck: A Practical Framework for Testing Concurrent Data Structures", 2023). How an interleaving ends is what
 * each operation answered or threw, and everything in the database.
 *
 * An operation that failed may be absent: then the outcome has to be one of the other operations alone, so that nothing
 * of it is left and nobody has seen it. The same holds for an operation that was refused on the wire (a write that
 * found nothing to change, a lock that could not be had, an error) and whose answer says so: `false`, `null`, 0, a
 * word, but never what it answers when it runs alone.
 */
import { now_ms, wait } from "../backends/real-time.ts";
import { TooManyRows } from "../backends/rows.ts";
import { type Exploration, exploreSchedules } from "../schedules/exploration.ts";
import { type ExplorationOptions, sizeOf } from "../schedules/options.ts";
import { OperationFailed, type Outcome, type Program } from "../schedules/program.ts";
import type { Lane } from "../schedules/run/lane.ts";
import { newLane } from "../schedules/run/new-lane.ts";
import { FreshStart, type Stale } from "../schedules/search/fresh-start.ts";
import { pickFrom } from "../schedules/search/search.ts";
import { inTurn } from "../schedules/search/turns.ts";
import type { Trace } from "../schedules/trace.ts";
import { type Ended, endedOf } from "./ended.ts";
import { Ignored } from "./ignored.ts";
import { withoutKeptLocks } from "./kept-locks.ts";
import { keepSetUp, learn } from "./learn.ts";
import { type Order, serialOrders } from "./orders.ts";
import { answerIn, isIn, type Serial, SerialOutcomes, withoutMemory } from "./serial-outcomes.ts";
import { findLinks, Soft } from "./soft.ts";
import { learnTimes, next_second_ms } from "./times.ts";
import { unsteadyPlaceText, type Verb } from "./words.ts";

/** Up to this many orders with all operations, each of them is run twice. */
const twice_max = 6;

/** Why the serial orders cannot say what is right. */
export type Trouble =
  | { readonly kind: "too many orders" }
  | { readonly kind: "not to be read"; readonly reason: string }
  | { readonly kind: "stale"; readonly stale: Stale }
  /** The same order ended in another way when it was run again. */
  | { readonly kind: "unsteady"; readonly place: string }
  /** This operation fails in every order. */
  | { readonly kind: "fails"; readonly error: OperationFailed; readonly trace: Trace }
  | { readonly kind: "nothing raced" }
  | { readonly kind: "without an end"; readonly trace: Trace };

type IsAllowed<Client> = (
  client: Client,
  outcome: Outcome,
) => boolean | undefined | Promise<boolean | undefined>;

export interface OracleOptions<Client> {
  readonly ignore: readonly string[];
  readonly verb: Verb;
  /** By name: whether an outcome is accepted although no serial order ends like it. Default none. */
  readonly allow?: Readonly<Record<string, IsAllowed<Client>>>;
  /** Whether an error is not a failure, even if it occurs in every order. */
  isExpected?(error: unknown): boolean;
  /** Which orders are run again to learn from: only the first where a run takes long. Default: all, if they are few. */
  readonly learns_from?: "all" | "first";
}

/** The outcomes of one program's serial orders, and the program that is judged by them. */
export class SerialOracle<Client> {
  readonly program: Program<Client>;
  /** How many outcomes could not be judged, because too many of their rows differ only in generated values. */
  #undecided = 0;
  readonly #options: OracleOptions<Client>;
  /** How many outcomes were accepted, by the name of their anomaly. */
  readonly #allowed = new Map<string, number>();
  readonly #ignored: Ignored;
  #right = new SerialOutcomes();
  /** The serial order that is being run; while there is one, nothing is judged. */
  #rehearsed: Order | undefined;
  #ended: Ended | undefined;

  /** @param program its own check is not called */
  constructor(program: Program<Client>, options: OracleOptions<Client>) {
    this.#options = options;
    this.#ignored = new Ignored(options.ignore);
    this.program = {
      ...program,
      reads_rows: true,
      check: (client, outcome) => this.#check(client, outcome),
    };
  }

  /** How many serial orders with all operations there are. */
  get orders(): number {
    return this.#right.orders;
  }

  /** Places whose values are taken for generated ones. */
  get generated(): readonly string[] {
    return [...this.#right.soft.varies].map((path) => path.replaceAll("[]", ""));
  }

  /**
   * Runs the serial orders, some of them twice.
   * @param options the exploration of `program`
   * @returns why they cannot say what is right
   * @throws SetupFailed
   */
  rehearse(options: ExplorationOptions<Client>): Promise<Trouble | undefined> {
    return inTurn(options.backend, async () => {
      const fresh = new FreshStart();
      await using lane = newLane(options, { fresh_start: fresh });
      try {
        const trouble = await this.#rehearseWithAny(lane, options);
        return fresh.stale ? { kind: "stale", stale: fresh.stale } : trouble;
      } catch (error) {
        if (!(error instanceof TooManyRows)) throw error;
        return { kind: "not to be read", reason: error.message };
      } finally {
        this.#rehearsed = undefined;
      }
    });
  }

  /**
   * Explores the schedules of `program`, or of that program with a repair in it. What was not compared is not proved.
   */
  async explore(options: ExplorationOptions<Client>): Promise<Exploration> {
    const names = Object.keys(this.#options.allow ?? {});
    for (const name of names) this.#allowed.set(name, 0);
    const before = this.#undecided;
    const explored = await exploreSchedules(options);
    const allowed = Object.fromEntries(this.#allowed);
    const found = { ...explored, ...(names.length > 0 ? { allowed } : {}) };
    const count = this.#undecided - before;
    if (found.doubt) return found;
    if (!this.#right.have_compared)
      return { ...found, proof: false, doubt: { kind: "nothing compared" } };
    return count === 0 ? found : { ...found, proof: false, doubt: { kind: "undecided", count } };
  }

  /**
   * Runs the serial orders again, and then a schedule that failed: their first outcomes may have depended on the time.
   * @returns whether the schedule still fails
   */
  async stillFails(options: ExplorationOptions<Client>, trace: Trace): Promise<boolean> {
    if ((await this.rehearse(options)) !== undefined) return false;
    return inTurn(options.backend, async () => {
      await using lane = newLane(options);
      for (let run = 1; run <= 3; run++) {
        const { operations, faults, choices } = trace;
        const played = await lane.play({ operations, faults, pick: pickFrom(choices) });
        if (played.failure) return true;
      }
      return false;
    });
  }

  /** Other numbers show what refers to them; but a program may rely on its own, or a sequence may have no more. */
  async #rehearseWithAny(
    lane: Lane<Client>,
    options: ExplorationOptions<Client>,
  ): Promise<Trouble | undefined> {
    const skipped = await this.#rehearse(lane, options, true).catch(() => "again" as const);
    if (skipped === undefined) return undefined;
    const trouble = await this.#rehearse(lane, options, false);
    return trouble && skipped !== "again" ? skipped : trouble;
  }

  async #rehearse(
    lane: Lane<Client>,
    { backend, ...options }: ExplorationOptions<Client>,
    skips_numbers: boolean,
  ): Promise<Trouble | undefined> {
    if (!backend.rows)
      return { kind: "not to be read", reason: `${backend.name} cannot say all that it holds` };
    const size = sizeOf(options);
    const orders = serialOrders(size);
    if (orders === undefined) return { kind: "too many orders" };
    const soft = new Soft();
    const serial: Serial[] = [];
    const whole = orders.filter((order) => order.length === orders[0]!.length);
    const { learns_from = whole.length <= twice_max ? "all" : "first" } = this.#options;
    const again = learns_from === "all" ? new Set(whole) : new Set(whole.slice(0, 1));
    for (const order of orders) {
      const one = await this.#play(lane, size, order);
      if ("kind" in one) return one;
      serial.push({ order, ended: one.ended });
      if (order === whole[0]) {
        if (new Set(one.trace.steps.map(({ client }) => client)).size < 2)
          return this.#alwaysFails(serial, one.trace) ?? { kind: "nothing raced" };
      }
      if (again.has(order) || order.length === 0) {
        const two = await this.#play(lane, size, order, skips_numbers);
        if ("kind" in two) return two;
        const place = learn(soft, one.ended, two.ended);
        if (place) return { kind: "unsteady", place: unsteadyPlaceText(place) };
        if (order.length === 0) keepSetUp(soft, one.ended, two.ended);
      }
      if (order === whole.at(-1)) {
        // To be told no is an answer.
        const isNo = (error: unknown): boolean => this.program.didNotHappen?.(error) ?? false;
        const fails = this.#alwaysFails(serial, one.trace, isNo);
        if (fails) return fails;
      }
    }
    const later = await this.#askClock(lane, size, soft, serial[0]);
    if (later) return later;
    // Where numbers were skipped, it has shown which others go with them.
    if (!skips_numbers || !backend.skipNumbers)
      findLinks(
        soft,
        serial.map(({ ended }) => ended),
      );
    this.#right = new SerialOutcomes(serial, soft);
    return undefined;
  }

  /** Runs an order once more, when a clock that counts seconds must have gone on. */
  async #askClock(
    lane: Lane<Client>,
    size: readonly number[],
    soft: Soft,
    first: Serial | undefined,
  ): Promise<Trouble | undefined> {
    if (!soft.is_unsure_of_times || first === undefined) return undefined;
    await wait(Math.max(0, first.ended.ended_ms + next_second_ms - now_ms()));
    const later = await this.#play(lane, size, first.order);
    if ("kind" in later) return later;
    learnTimes(soft, first.ended, later.ended);
    return undefined;
  }

  async #play(
    lane: Lane<Client>,
    operations: readonly number[],
    order: Order,
    skips_numbers = false,
  ): Promise<{ readonly ended: Ended; readonly trace: Trace } | Trouble> {
    this.#rehearsed = order;
    this.#ended = undefined;
    const { trace } = await lane.play({
      operations,
      in_turn: order,
      skips_numbers,
      pick: pickFrom([]),
      faults: [],
    });
    const ended = this.#ended as Ended | undefined;
    if (trace.ending.kind !== "ended" || ended === undefined)
      return { kind: "without an end", trace };
    const answers = ended.answers.filter((answer) => isIn(order, answer));
    return { ended: { ...ended, answers }, trace };
  }

  /** An operation that fails in every order, although nobody expects it to. */
  #alwaysFails(
    serial: readonly Serial[],
    trace: Trace,
    isAnswer?: (error: unknown) => boolean,
  ): Trouble | undefined {
    const [first] = serial;
    for (const { client, operation, how } of first?.ended.answers ?? []) {
      if (how === "answered") continue;
      const all = serial.map(({ ended }) => answerIn(ended, { client, operation }));
      if (all.some((answer) => answer?.how === "answered")) continue;
      const { code = "error", error } = all.at(-1) ?? {};
      if (this.#options.isExpected?.(error) || isAnswer?.(error)) continue;
      return { kind: "fails", error: new OperationFailed(client, code, error), trace };
    }
    return undefined;
  }

  /** @throws CheckFailed when no serial order ends like this, and nobody accepts it */
  async #check(client: Client, outcome: Outcome): Promise<void> {
    const ended = endedOf(outcome, this.#ignored);
    if (this.#rehearsed) {
      this.#ended = ended;
      return;
    }
    const with_error = outcome.trace.steps.some(({ fault }) => fault === "error");
    const serial = this.#right.all.map((one) => one.ended);
    const known = outcome.trace.faults.length > 0 ? withoutMemory(ended) : ended;
    const now = with_error ? withoutKeptLocks(known, serial) : known;
    const { failure, undecided } = this.#right.judge(now, this.#options.verb);
    if (undecided) this.#undecided++;
    if (failure === undefined) return;
    const anomaly = await this.#acceptedAs(client, outcome);
    if (anomaly === undefined) throw failure;
    this.#allowed.set(anomaly, (this.#allowed.get(anomaly) ?? 0) + 1);
  }

  async #acceptedAs(client: Client, outcome: Outcome): Promise<string | undefined> {
    for (const [anomaly, isAllowed] of Object.entries(this.#options.allow ?? {}))
      if ((await isAllowed(client, outcome)) === true) return anomaly;
    return undefined;
  }
}
