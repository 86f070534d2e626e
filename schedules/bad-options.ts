import type { Backend, Isolation } from "../backends/backend.ts";
import type { FaultWish } from "./schedule.ts";

/** An option that makes no sense: which one, in which exploration, and what it may be. */
export class BadOptions extends Error {
  override readonly name = "BadOptions";
}

/** What both ways of exploring have in common. */
export interface CommonOptions {
  readonly name: string;
  readonly backend: Pick<Backend<unknown>, "server" | "isolations">;
  readonly clients?: number;
  readonly operations?: number;
  readonly schedules?: number;
  readonly lanes?: number;
  readonly seed?: number;
  readonly busyLimitMs?: number;
  readonly stepLimit?: number;
  readonly isolation?: Isolation | undefined;
  readonly faults?: readonly FaultWish[];
}

/** Smallest sensible numbers; all of them are whole. */
const smallest = {
  clients: 1,
  operations: 1,
  schedules: 1,
  lanes: 1,
  busyLimitMs: 1,
  stepLimit: 1,
  seed: Number.MIN_SAFE_INTEGER,
} as const;
/** Infinity = as many or as long as it takes. */
const may_be_infinite = new Set(["schedules", "busyLimitMs", "stepLimit"]);
const fault_kinds: readonly FaultWish[] = ["lose reply", "die", "expire", "errors"];

/**
 * @param can_expire whether the program says how its lock expires
 * @param clients_min a race needs two; a fault may hit one alone
 * @throws BadOptions for the first option that makes no sense
 */
export function mustMakeSense(
  options: CommonOptions,
  can_expire: boolean,
  clients_min: number = smallest.clients,
): void {
  const { name, backend, isolation, faults = [] } = options;
  if (typeof name !== "string" || name === "")
    throw new BadOptions("explore: name is missing; give each exploration one of its own.");
  const wrong = (what: string): BadOptions => new BadOptions(`${name}: ${what}`);
  if (backend instanceof Promise) throw wrong("backend is a promise; write `await` before it.");
  if (!Array.isArray(backend?.isolations))
    throw wrong("backend is none; give what `await connectPostgres(server)` or its like returns.");
  for (const [option, least] of Object.entries({ ...smallest, clients: clients_min })) {
    const value = options[option as keyof typeof smallest];
    if (value === undefined || (Number.isSafeInteger(value) && value >= least)) continue;
    if (may_be_infinite.has(option) && value === Number.POSITIVE_INFINITY) continue;
    const bound = option === "seed" ? "" : ` of at least ${least}`;
    throw wrong(`${option} is ${value}, but must be a whole number${bound}.`);
  }
  if (isolation !== undefined && !backend.isolations.includes(isolation)) {
    const levels = backend.isolations.join(", ") || "no isolation levels";
    throw wrong(`isolation is "${isolation}", but ${backend.server} has ${levels}.`);
  }
  for (const kind of faults) {
    if (!fault_kinds.includes(kind))
      throw wrong(`faults has "${kind}", but there are only ${fault_kinds.join(", ")}.`);
    if (kind === "expire" && !can_expire)
      throw wrong('faults has "expire", so `expire` must say how to end the lock around a key.');
  }
}

/** @throws BadOptions for the first of these that is not a function */
export function mustBeFunctions(
  program: string,
  options: Readonly<Record<string, unknown>>,
  names: readonly string[],
): void {
  for (const name of names) {
    if (typeof options[name] !== "function")
      throw new BadOptions(`${program}: \`${name}\` is missing; it must be a function.`);
  }
}
