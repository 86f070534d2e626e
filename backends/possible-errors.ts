/**
 * Which errors a server really gives, and where: an error that it would never give there would be a false alarm. Each
 * database has its list beside its protocol, with the page of the manual that says so.
 */
import type { Request } from "./wire.ts";

/** PostgreSQL ends a connection with this error when an administrator ends it. */
export const ended_by_server = "57P01";
/** ZooKeeper ends a connection whose session has expired. */
export const session_expired = "SESSION_EXPIRED";

/** Whether the server ends the connection, instead of answering. */
export const isEndByServer = (error: string): boolean =>
  error === ended_by_server || error === session_expired;

/** An error that a server may answer to a request. */
export interface PossibleError<State> {
  readonly code: string;
  /** The server's own words. */
  readonly message: string;
  /** Where the manual says so. */
  readonly source: string;
  /** Whether the server may answer it to this request, in this state of the connection. */
  isPossible(request: Request, state: State): boolean;
}

/** The codes that are possible here. */
export const codesFor = <State>(
  all: readonly PossibleError<State>[],
  request: Request,
  state: State,
): string[] => all.filter((one) => one.isPossible(request, state)).map(({ code }) => code);

/** @param code one of those in the list */
export const messageOf = <State>(all: readonly PossibleError<State>[], code: string): string =>
  all.find((one) => one.code === code)?.message ?? code;
