import type { Backend } from "./backend.ts";
import { unwrapped } from "./causes.ts";

/** Thrown by code that found out itself that it came too late, and wrote nothing. */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly code = "refused";
}

/** What an operation's error means: `Refused` by the code itself, or what the backend knows about the error. */
export function judgeError(
  backend: Pick<Backend<unknown>, "outcome" | "code">,
  error: unknown,
): { readonly outcome: "fail" | "info"; readonly code: string } {
  const refused = unwrapped(error, (one) => one instanceof Refused);
  if (refused instanceof Refused) return { outcome: "fail", code: refused.code };
  return { outcome: backend.outcome(error), code: backend.code(error) };
}
