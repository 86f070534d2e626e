/** The user's functions as a program that schedules run: which of its errors count, and who says what is right. */

import { SerialOracle } from "../oracle/oracle.ts";
import { OperationFailed, type Outcome, type Program } from "../schedules/program.ts";
import type { Allowed, ExploreOptions } from "./explore-options.ts";

/** How the serial orders say what is right. */
export interface SerialWish<Client> {
  /** What their comparison leaves out. */
  readonly ignore: readonly string[];
  readonly allow: Allowed<Client>;
  /** What a client keeps in memory. */
  readonly state?: (client: Client) => unknown;
  /** Operations may fail in every order. */
  readonly may_refuse?: boolean;
}

/** Judges a program by its serial orders. */
export function oracleOf<Client>(
  options: ExploreOptions<Client>,
  { ignore, allow, state, may_refuse = false }: SerialWish<Client>,
): SerialOracle<Client> {
  const program = { ...programOf(options), ...(state ? { state } : {}) };
  return new SerialOracle(program, {
    ignore,
    allow,
    verb: "answered",
    isExpected: (error) =>
      may_refuse ||
      Boolean(options.expectedError?.(error)) ||
      Boolean(options.didNotHappen?.(error)),
  });
}

export function programOf<Client>(options: ExploreOptions<Client>): Program<Client> {
  const { operation, sharedConnection, faults = [] } = options;
  return {
    gives_back: faults.includes("errors"),
    setup: async (client, key, clients) => void (await options.setup(client, key, clients)),
    run: (client, around) => options.run(client, around),
    async check(client, outcome) {
      mustBeExpected(outcome, options);
      return options.check(client, outcome);
    },
    ...(options.didNotHappen ? { didNotHappen: options.didNotHappen.bind(options) } : {}),
    ...(operation ? { operation } : {}),
    ...(sharedConnection ? { sharedConnection } : {}),
    ...(options.expire ? { expire: options.expire.bind(options) } : {}),
  };
}

/** An operation that throws an unexpected error is a failure; the error's code is the class of the failure. */
function mustBeExpected(
  { trace }: Outcome,
  options: Pick<ExploreOptions<never>, "expectedError" | "didNotHappen">,
): void {
  for (const { client, operation, status, error, code = "error" } of trace.results) {
    if (status === "ok" || status === "open") continue;
    if (options.expectedError?.(error) || options.didNotHappen?.(error)) continue;
    const from_fault = trace.steps.some(
      (step) =>
        step.client === client &&
        step.operation === operation &&
        ((step.fault === "lose reply" && status === "info") || step.fault === "error"),
    );
    if (from_fault) continue;
    throw new OperationFailed(client, code, error);
  }
}
