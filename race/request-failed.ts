import { shortened } from "../histories/shortened.ts";
import type { AppAnswer } from "./http.ts";
import { lastLines } from "./process-failed.ts";
import type { AppRequest } from "./requests.ts";

/** An app did not do what a request asked for. `told` says so for people, with what the app wrote meanwhile. */
export class RequestFailed extends Error {
  override readonly name: string = "RequestFailed";
  /** `HTTP 500`, or why there was no answer: `ECONNRESET`. */
  readonly code: string;
  readonly told: string;

  constructor(how: string, code: string, wrote: string) {
    super(how);
    this.code = code;
    this.told = wrote.trim() === "" ? `${how}.` : `${how}; it wrote:\n${lastLines(wrote)}`;
  }
}

/** The app said no: a status from 400 to 499. Nothing was changed. */
export class RequestRefused extends RequestFailed {
  override readonly name = "RequestRefused";
}

/** @throws RequestFailed for a status from 500 on, RequestRefused for one from 400 on */
export function mustHaveDone(request: AppRequest, answer: AppAnswer, wrote: string): void {
  const { status } = answer;
  if (status < 400) return;
  const how = `${request.name} was answered with ${inWords(answer)}`;
  if (status < 500) throw new RequestRefused(how, `HTTP ${status}`, "");
  throw new RequestFailed(how, `HTTP ${status}`, wrote);
}

function inWords({ status, body }: AppAnswer): string {
  if (body === null) return String(status);
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return `${status} ${shortened(text.replace(/\s+/g, " ").trim(), 200)}`;
}
