import type { Backend } from "./backend.ts";
import { unwrapped } from "./causes.ts";

/** The code itself saw that it came too late, and wrote nothing. */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly code = "refused";
}

/** What an error that an operation threw says about it: what the code saw for itself, or what the backend knows. */
export function judgeError(
  backend: Pick<Backend<unknown>, "outcome" | "code">,
  error: unknown,
): { readonly outcome: "fail" | "info"; readonly code: string } {
  const refused = unwrapped(error, (one) => one instanceof Refused);
  if (refused instanceof Refused) return { outcome: "fail", code: refused.code };
  return { outcome: backend.outcome(error), code: backend.code(error) };
}
