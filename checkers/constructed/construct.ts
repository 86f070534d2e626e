import type { Operation } from "../../histories/event.ts";
import type { Call, Model } from "../model.ts";
import { pick, type Random } from "../random-calls.ts";

/** What a history should look like. */
export interface Look {
  readonly operations: number;
  readonly clients: number;
  /** How many different values there are. With few, many operations look alike. */
  readonly values: number;
  /** Above 1, a model's first calls and values are the frequent ones; below 1, its last ones. */
  readonly bias: number;
  /** Share of the calls that repeat a recent one, of operations that crash, and that fail. */
  readonly twins: number;
  readonly crashed: number;
  readonly failed: number;
  /** How far intervals reach around their points. With "wide", a client hardly pauses between two operations. */
  readonly intervals: "tight" | "even" | "wide";
}

/** The operations of a model, for histories that are made up. */
export interface Doings {
  /** A call that the model allows in this state; `values` is the number of different values. */
  call(random: Random, state: unknown, values: number): { f: string; input: unknown };
  /** What the model answers; null for everything when not given. */
  answer?(state: unknown, call: Omit<Call, "output">, random: Random): unknown;
}

type Draft = { -readonly [Field in keyof Operation]: Operation[Field] };

/**
 * A history that is linearizable because it was built around an order: operation after operation, at the
 * points 1, 2, 3, …, is run on the model, and the model's answer is its output. Only then each gets an interval
 * around its point: between two points of a client lie the return of one and the call of the other, at
 * random. A crashed operation does not return. It took effect or not, and its client may have gone on before
 * it took effect. Nothing here knows how a search works.
 */
export class Constructed {
  readonly #model: Model<unknown>;
  readonly #doings: Doings;
  readonly #look: Look;
  readonly #random: Random;
  readonly #operations: Draft[] = [];
  /** By client: its process number, the time since which it can call again, and its operation that has not returned. */
  readonly #process: number[];
  readonly #free: number[];
  readonly #open: (Draft | undefined)[];
  #point = 0;
  #state: unknown;

  constructor(model: Model<unknown>, doings: Doings, look: Look, random: Random) {
    this.#model = model;
    this.#doings = doings;
    this.#look = look;
    this.#random = random;
    this.#process = Array.from({ length: look.clients }, (_, client) => client);
    this.#free = this.#process.map(() => 0);
    this.#open = this.#process.map(() => undefined);
    this.#state = model.init;
  }

  /** Adds `count` operations. */
  run(count: number): this {
    const { crashed, failed } = this.#look;
    for (let left = count; left > 0; left--) {
      const call = this.#nextCall();
      const ending = this.#random();
      if (ending < failed) this.#add(call, "fail", undefined);
      else if (ending >= failed + crashed) this.#add(call, "ok", this.#takeEffect(call));
      else {
        if (this.#random() < 0.5) this.#takeEffect(call);
        this.#add(call, "info", undefined);
      }
    }
    return this;
  }

  /** Adds calls with given answers, one after the other, while nothing else runs but what crashed. */
  alone(calls: readonly Call[]): this {
    this.#returnAll();
    for (const call of calls) {
      this.#state = this.#model.step(this.#state, { ...call, output: undefined }) ?? this.#state;
      this.#add(call, "ok", call.output);
      this.#returnAll();
    }
    return this;
  }

  /** What was added so far, in the order of the invokes, with numbers of events for times. */
  operations(): Operation[] {
    this.#returnAll();
    const times = this.#operations
      .flatMap(({ invoked, returned }) => [invoked, returned])
      .sort((one, other) => one - other);
    const numbers = new Map(times.filter(Number.isFinite).map((time, number) => [time, number]));
    const numbered = this.#operations.map((operation) => {
      const invoked = numbers.get(operation.invoked)!;
      const returned = numbers.get(operation.returned) ?? Number.POSITIVE_INFINITY;
      return { ...operation, invoked, returned, invoked_ns: invoked, returned_ns: returned };
    });
    return numbered.sort((one, other) => one.invoked - other.invoked);
  }

  #nextCall(): { f: string; input: unknown } {
    const recent = this.#operations.slice(-8);
    if (recent.length > 0 && this.#random() < this.#look.twins) {
      const { f, input } = pick(this.#random, recent);
      const allowed = this.#model.step(this.#state, { f, input, output: undefined });
      if (allowed !== undefined) return { f, input };
    }
    const { bias, values } = this.#look;
    return this.#doings.call(() => this.#random() ** bias, this.#state, values);
  }

  /** @returns the answer */
  #takeEffect({ f, input }: { f: string; input: unknown }): unknown {
    const output = this.#doings.answer?.(this.#state, { f, input }, this.#random) ?? null;
    const next = this.#model.step(this.#state, { f, input, output });
    if (next === undefined)
      throw new Error(`${this.#model.name}: ${f} cannot answer ${JSON.stringify(output)}`);
    this.#state = next;
    return output;
  }

  #add(call: { f: string; input: unknown }, status: Draft["status"], output: unknown): void {
    const point = ++this.#point;
    const client = this.#someClient();
    this.#return(client, point);
    const free = this.#free[client]!;
    const invoked = point - (point - free) * this.#reach();
    const operation: Draft = {
      process: this.#process[client]!,
      f: call.f,
      key: "k",
      input: call.input,
      status,
      output,
      error: undefined,
      invoked,
      returned: Number.POSITIVE_INFINITY,
      invoked_ns: 0,
      returned_ns: 0,
    };
    this.#operations.push(operation);
    if (status === "info") {
      this.#process[client]! += this.#look.clients;
      this.#free[client] = invoked;
    } else {
      this.#open[client] = operation;
      this.#free[client] = point;
    }
  }

  /** Some clients are busier than others. */
  #someClient(): number {
    return Math.floor(this.#random() * (0.3 + 0.7 * this.#random()) * this.#look.clients);
  }

  /** Lets a client's open operation return before a time. */
  #return(client: number, before: number): void {
    const open = this.#open[client];
    if (open === undefined) return;
    const point = this.#free[client]!;
    open.returned = this.#free[client] = point + (before - point) * this.#reach();
    this.#open[client] = undefined;
  }

  #returnAll(): void {
    const end = ++this.#point;
    for (const client of this.#open.keys()) {
      this.#return(client, end);
      this.#free[client] = end;
    }
  }

  /** A random share of the available time: more than none and less than all. */
  #reach(): number {
    const share = 0.001 + 0.998 * this.#random();
    if (this.#look.intervals === "even") return share;
    return this.#look.intervals === "tight" ? share ** 4 : 1 - (1 - share) ** 4;
  }
}
