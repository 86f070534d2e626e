/** How the serial orders of a program end, and whether an interleaving ends like one of them. */
import { in_memory, isKeys } from "../backends/rows.ts";
import { CheckFailed, OperationFailed } from "../schedules/program.ts";
import { movedWithClock, type Span } from "./clock.ts";
import type { Answer, Ended } from "./ended.ts";
import type { Order } from "./orders.ts";
import { type Differing, differingPlaces } from "./pairs.ts";
import { areSame } from "./same.ts";
import { Soft } from "./soft.ts";
import { unlikeText, type Verb } from "./words.ts";

/** The class of a failure that the oracle finds. */
const unlike = "unlike any serial order";

/** One serial order, and how it ended. */
export interface Serial {
  readonly order: Order;
  readonly ended: Ended;
}

/** Without a failure it is right, as far as it could be decided. */
export interface Judgement {
  readonly failure?: CheckFailed;
  /** Too many rows differ only in generated values. */
  readonly undecided?: true;
}

export class SerialOutcomes {
  readonly all: readonly Serial[];
  readonly soft: Soft;

  /** @param soft the places whose values are generated */
  constructor(all: readonly Serial[] = [], soft: Soft = new Soft()) {
    this.all = all;
    this.soft = soft;
  }

  /** How many orders with all operations there are. */
  get orders(): number {
    const [first] = this.all;
    return this.all.filter(({ order }) => order.length === first?.order.length).length;
  }

  /** Whether anything was in a database in any outcome: a table, even an empty one, or a key. */
  get have_compared(): boolean {
    return this.all.some(({ ended }) =>
      [...ended.tables].some(([name, { rows }]) => !isKeys(name) || rows.length > 0),
    );
  }

  /** Judges how an interleaving ended. */
  judge(now: Ended, verb: Verb): Judgement {
    let nearest: { readonly order: Order; readonly places: readonly Differing[] } | undefined;
    for (const { order, ended: right } of this.all.filter((one) => this.#isPossible(one, now))) {
      const ended = now.tables.has(in_memory) ? right : withoutMemory(right);
      const answers = answersOfBoth(ended, now);
      const same = areSame(this.soft, ended, now, answers);
      if (same === undefined) return { undecided: true };
      if (same) return {};
      const all = differingPlaces(this.soft, ended, now, answers);
      const places = all.filter(
        (place) => !this.#isSoft(place.path) && !this.#isMoved(place, ended, now),
      );
      const shown = places.length > 0 ? places : all;
      if (nearest === undefined || shown.length < nearest.places.length)
        nearest = { order, places: shown };
    }
    const mistaken = now.answers.find(
      ({ how, may_be_absent }) => how === "failed" && !may_be_absent,
    );
    if (mistaken) {
      const { client, code = "error", error } = mistaken;
      return { failure: new OperationFailed(client, code, error) };
    }
    const { order = [], places = [] } = nearest ?? {};
    return { failure: new CheckFailed(unlike, unlikeText(order, places, verb)) };
  }

  /** Whether all operations in the order have run, and all others may be absent. */
  #isPossible({ order }: Serial, now: Ended): boolean {
    return (
      order.every((turn) => answerIn(now, turn)) &&
      now.answers.every((answer) => isIn(order, answer) || this.#mayBeAbsent(answer))
    );
  }

  /** An operation that answers as it does when it runs alone says that it has done its work. */
  #mayBeAbsent(answer: Answer): boolean {
    if (!answer.may_be_absent || answer.how !== "answered") return answer.may_be_absent;
    const alone = this.all.find(({ order }) => order.length === 1 && isIn(order, answer));
    const said = alone && answerIn(alone.ended, answer);
    return JSON.stringify(said?.value) !== JSON.stringify(answer.value);
  }

  #isSoft(path: string): boolean {
    return this.soft.varies.has(path) || this.soft.sequenceAt(path) !== undefined;
  }

  /** Both are times of a clock, and each is as far from its own run as the other. */
  #isMoved({ path, one, two }: Differing, first: Span, second: Span): boolean {
    const are_texts = typeof one === "string" && typeof two === "string";
    return are_texts && this.soft.mayMove(path) && movedWithClock(one, two, first, second);
  }
}

/** A client that died or lost its connection begins again with an empty memory. */
export const withoutMemory = (ended: Ended): Ended => ({
  ...ended,
  tables: new Map([...ended.tables].filter(([table]) => table !== in_memory)),
});

/** Whether an operation is in an order. */
export const isIn = (order: Order, { client, operation }: Order[number]): boolean =>
  order.some((turn) => turn.client === client && turn.operation === operation);

/** What an operation answered. */
export const answerIn = (
  { answers }: Ended,
  { client, operation }: Order[number],
): Answer | undefined =>
  answers.find((answer) => answer.client === client && answer.operation === operation);

function answersOfBoth(serial: Ended, now: Ended): (readonly [Answer, Answer])[] {
  return serial.answers.flatMap((answer) => {
    const here = answerIn(now, answer);
    return here === undefined || here.how === "unknown" ? [] : [[answer, here] as const];
  });
}
