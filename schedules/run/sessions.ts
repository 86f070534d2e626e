import type { Backend, OpenOptions, Session } from "../../backends/backend.ts";
import { open_gate } from "../../backends/backend.ts";
import type { LeftBehind, Trace, TraceStep } from "../trace.ts";
import { callers } from "./caller.ts";
import { ScheduleOver, SessionGate, SharedGate } from "./gate.ts";
import { leftBy as leftBehindBy, untilGivenBack } from "./left-behind.ts";
import type { Run } from "./runner.ts";
import type { Seat } from "./seat.ts";

interface GatedSession<Client> {
  readonly gate: SessionGate | SharedGate;
  readonly session: Session<Client>;
  /** How many steps the schedule had when this session was opened: they are not its own. */
  since: number;
  /** What was set on it during the warm-up: that stays. */
  usual: ReadonlySet<string>;
  /** How many connections of its pools the program had taken when the schedule began. */
  lent: number;
}

/**
 * The connections of a lane: one for each client behind its gate (or one for all), and one outside any gate
 * for setting up and checking. They are kept from schedule to schedule, cleaned or replaced where a
 * schedule may have left something.
 */
export class LaneSessions<Client> implements AsyncDisposable {
  readonly #backend: Backend<Client>;
  readonly #options: OpenOptions;
  readonly #shared: boolean;
  /** By client; with a shared connection all are the same. */
  #places: (GatedSession<Client> | undefined)[] = [];
  #outside: Session<Client> | undefined;
  /** The call that opens connections; undefined once all were closed. */
  #opening: object | undefined;

  constructor(backend: Backend<Client>, shared: boolean, options: OpenOptions) {
    this.#backend = backend;
    this.#shared = shared;
    this.#options = options;
  }

  /**
   * Opens the connections that are missing.
   * @returns the connection outside the gates, at the server's own level; and whether any was opened behind a gate
   */
  async open(clients: number): Promise<{ readonly outside: Client; readonly opened: boolean }> {
    const { alive = true, isUsedUp: is_used_up = false } = this.#outside ?? {};
    if (!alive || is_used_up) await this.#replaceOutside();
    this.#outside ??= await this.#backend.open(open_gate);
    // Whoever takes the place of a session that is used up does not need to be warmed up again.
    const count = this.#shared ? 1 : clients;
    const opened = Array.from({ length: count }, (_, i) => i).some((i) => !this.#places[i]);
    const used_up = this.#places.filter((place) => place?.session.isUsedUp);
    for (const place of new Set(used_up)) if (place) await this.#drop(place);
    if (this.#shared) {
      const shared = this.#places[0] ?? (await this.#openPlace());
      this.#places = Array.from({ length: clients }, () => shared);
      shared.lent = shared.session.left?.().lent ?? 0;
      return { outside: this.#outside.client, opened };
    }
    const opening = {};
    this.#opening = opening;
    const missing = Array.from({ length: clients }, (_, i) => i).filter((i) => !this.#places[i]);
    await Promise.all(
      missing.map(async (i) => {
        const place = await this.#openPlace();
        // Another one could not be opened, and all was given up meanwhile.
        if (this.#opening !== opening) await this.#close(place);
        else this.#places[i] = place;
      }),
    );
    for (const place of this.#places) if (place) place.lent = place.session.left?.().lent ?? 0;
    return { outside: this.#outside.client, opened };
  }

  /** What is to be said of the connections once all operations are over. */
  remarks(
    steps: readonly TraceStep[],
  ): Pick<Trace, "transactionOpen" | "returnedOpen" | "leftOnPool"> {
    const sessions = [...new Set(this.#places)].flatMap((place) => place?.session ?? []);
    const returned = sessions.filter((session) => session.takeReturnedOpen?.() ?? false);
    const is_open = sessions.some((session) => (session.left?.().transactions ?? 0) > 0);
    const is_pool = this.#shared && (sessions[0]?.connectionCount ?? 1) > 1;
    const on_pool = is_pool ? steps.find(({ leavesBehind }) => leavesBehind) : undefined;
    return {
      ...(is_open ? { transactionOpen: true } : {}),
      ...(returned.length > 0 ? { returnedOpen: true } : {}),
      ...(on_pool ? { leftOnPool: on_pool.statement } : {}),
    };
  }

  /** What the clients work with now; one for all of them if they share it. */
  get clients(): readonly Client[] {
    return [...new Set(this.#places)].flatMap((place) => (place ? [place.session.client] : []));
  }

  /** All its connections that the backend numbers. */
  get connections(): readonly number[] {
    const sessions = [this.#outside, ...this.#places.map((place) => place?.session)];
    return [...new Set(sessions.flatMap((session) => session?.connections ?? []))];
  }

  /** Runs a client's code: from here on every round trip on its connection is a step of its seat. */
  enter(seat: Seat, run: () => Promise<void>): Promise<void> {
    const { gate } = this.#places[seat.client - 1] as GatedSession<Client>;
    gate.enter(seat.client, seat);
    return callers.run(seat, run);
  }

  /** The client's connection, while it is alive. */
  of(seat: Seat): Client | undefined {
    const session = this.#places[seat.client - 1]?.session;
    return session?.alive ? session.client : undefined;
  }

  /** A fresh connection for a client. Its handshake passes outside the gate: it is not part of the schedule. */
  async reconnect(seat: Seat, { steps }: Pick<Trace, "steps">): Promise<Client> {
    const old = this.#places[seat.client - 1];
    const opened = seat.opens();
    const fresh = await this.#openPlace(steps.length).finally(opened);
    fresh.gate.enter(seat.client, seat);
    this.#places[seat.client - 1] = fresh;
    if (old && !this.#places.includes(old)) await this.#close(old);
    return fresh.session.client;
  }

  /**
   * After a schedule that ended: nothing of it may reach into the next one.
   * @param warmed_up the schedule was a warm-up: what libraries set on a new connection stays
   */
  async leave(run: Run, trace: Trace, warmed_up: boolean): Promise<void> {
    const leaving = this.#places.map(async (place, i) => {
      if (!place || this.#places.indexOf(place) < i) return;
      place.gate.leave();
      const clients = this.#places.flatMap((p, n) => (p === place ? [n + 1] : []));
      // After a client had to reconnect, a shared connection is not everybody's any more, and is replaced.
      const is_whole = !this.#shared || clients.length === this.#places.length;
      const own = { ...trace, steps: trace.steps.slice(place.since) };
      if (warmed_up) place.usual = statementsBehind(own, clients);
      const left = place.session.alive && is_whole ? leftBy(own, clients, place.usual) : "broken";
      place.since = 0;
      if (left === "nothing") return;
      if (left !== "broken" && (await isCleaned(place.session, left))) return;
      // The check, and whatever else looks now, may find what a living session holds.
      if (place.session.isUsedUp && place.session.alive && is_whole) return;
      for (const client of clients) {
        if (run.seats[client - 1]?.dead) run.seats[client - 1]?.giveUp(new ScheduleOver());
      }
      await this.#drop(place);
    });
    await Promise.all(leaving);
  }

  /** What clients whose operations are over have left behind. Gives them the time that they may take to give it back. */
  async leftBehind({ seats }: Run): Promise<readonly LeftBehind[]> {
    const places = this.#places.flatMap((place, i) => {
      const is_over = this.#shared ? seats.every((seat) => seat.isOver) : seats[i]?.isOver;
      if (!place || !is_over || seats[i]?.dead || this.#places.indexOf(place) < i) return [];
      return [{ place, client: this.#shared ? undefined : i + 1 }];
    });
    const left = await untilGivenBack(() =>
      places.flatMap(({ place: { session, lent }, client }) =>
        session.left ? leftBehindBy(client, session.left(), lent) : [],
      ),
    );
    if (left.length > 0) return left;
    const locks = await Promise.all(
      places.map(async ({ place, client }) => {
        const held = (await place.session.locks?.()) ?? [];
        return held.map((lock) => ({ ...(client ? { client } : {}), what: "lock", lock }) as const);
      }),
    );
    return locks.flat();
  }

  /** A check that failed may have left the connection outside the gates in the middle of a transaction. */
  async tidyOutside(): Promise<void> {
    if (this.#outside && !(await isCleaned(this.#outside, "something")))
      await this.#replaceOutside();
  }

  /** No connection of a schedule that was given up can be kept. */
  async abandon(run: Run): Promise<void> {
    const flying = new Set(
      run.seats.flatMap(({ flights }) => flights.map(({ session }) => session)),
    );
    const places = [...new Set(this.#places.filter((place) => place !== undefined))];
    for (const place of places) place.gate.close();
    run.giveUp();
    // First the connections that hold locks without waiting themselves: then the others can end, too.
    places.sort((a, b) => Number(flying.has(a.session)) - Number(flying.has(b.session)));
    for (const place of places) await this.#drop(place);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#opening = undefined;
    const places = new Set(this.#places.filter((place) => place !== undefined));
    this.#places = [];
    await Promise.all([...places].map((place) => this.#close(place)));
    await this.#outside?.[Symbol.asyncDispose]();
    this.#outside = undefined;
  }

  async #replaceOutside(): Promise<void> {
    const outside = this.#outside;
    this.#outside = undefined;
    await outside?.[Symbol.asyncDispose]();
  }

  async #openPlace(since = 0): Promise<GatedSession<Client>> {
    const gate = this.#shared ? new SharedGate() : new SessionGate();
    const session = await this.#backend.open(gate, this.#options);
    gate.session = session;
    return { gate, session, since, usual: new Set(), lent: 0 };
  }

  async #drop(place: GatedSession<Client>): Promise<void> {
    this.#places = this.#places.map((p) => (p === place ? undefined : p));
    await this.#close(place);
  }

  async #close(place: GatedSession<Client>): Promise<void> {
    place.gate.close();
    await place.session[Symbol.asyncDispose]();
  }
}

/** What a program may have left in its session. */
type Left = "settings" | "something";

/** Whether a session could give back what a program left in it; a broken one cannot, and must be replaced. */
async function isCleaned(session: Session<unknown>, left: Left): Promise<boolean> {
  if (!session.alive || !session.clean) return false;
  return session.clean(left).then(
    () => true,
    () => false,
  );
}

function statementsBehind(trace: Trace, clients: readonly number[]): ReadonlySet<string> {
  const behind = trace.steps.filter((step) => step.leavesBehind && clients.includes(step.client));
  return new Set(behind.map(({ statement }) => statement));
}

/** What these clients may have left in their session: a transaction, a lock, a setting; or a driver in disorder. */
function leftBy(
  trace: Trace,
  clients: readonly number[],
  usual: ReadonlySet<string>,
): "nothing" | Left | "broken" {
  const mine = (one: { client: number }): boolean => clients.includes(one.client);
  const steps = trace.steps.filter(mine);
  // A driver remembers errors: the AWS SDK has a budget for retries.
  if (trace.left) return "broken";
  if (steps.some((step) => step.fault !== undefined && step.fault !== "expire")) return "broken";
  const behind = steps.filter(({ leavesBehind }) => leavesBehind);
  if (behind.some(({ statement }) => !usual.has(statement))) return "settings";
  if (behind.length > 0) return "something";
  if (trace.results.some((result) => mine(result) && result.status !== "ok")) return "something";
  let in_transaction = false;
  for (const { kind } of steps) {
    if (kind === "begin") in_transaction = true;
    else if (kind === "commit" || kind === "rollback") in_transaction = false;
  }
  return in_transaction ? "something" : "nothing";
}
