import { isEndByServer } from "../../backends/possible-errors.ts";

/** An error on the wire: the server refused a request, or the connection was lost. */
export class WireError extends Error {
  readonly code: string;
  /** The server itself answered with this error; otherwise the connection was lost, and nobody knows the outcome. */
  readonly is_answer: boolean;

  constructor(code: string, message: string, is_answer: boolean) {
    super(message);
    this.name = "WireError";
    this.code = code;
    this.is_answer = is_answer;
  }
}

/** Whether the server does its work before the connection is lost. */
export const isAfterWork = (error: string): boolean => error.endsWith(" after");

/** What the client's side calls a connection that was lost on purpose. */
export function lossError(error: string): WireError {
  if (isEndByServer(error)) return new WireError(error, "The server ended the connection.", false);
  return isAfterWork(error)
    ? new WireError("reply lost", "The reply was lost on its way.", false)
    : new WireError("connection lost", "The connection was lost before the request came.", false);
}
