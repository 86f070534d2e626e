/** An error in place of a reply: https://www.postgresql.org/docs/current/protocol-error-fields.html */
import { messageOf } from "../possible-errors.ts";
import type { Refusal, Request } from "../wire.ts";
import { possible_errors } from "./possible-errors.ts";
import type { TransactionState } from "./transaction-state.ts";
import { aside, message } from "./wire-aside.ts";

/** It fails as soon as the server reads it, and the transaction with it. */
const fails = "this fails on purpose";

export function refusalOf(code: string, { kind }: Request, state: TransactionState): Refusal {
  const said = messageOf(possible_errors, code);
  // After a COMMIT that fails there is no transaction any more.
  const first = aside.say(kind === "commit" ? "ROLLBACK" : fails);
  return {
    ...(state.status === "idle" ? {} : { first }),
    message: said,
    reply: () => Buffer.concat([errorMessage(code, said), readyMessage(state.status)]),
  };
}

function errorMessage(code: string, said: string): Buffer {
  const fields = [`SERROR`, `VERROR`, `C${code}`, `M${said}`].map((field) => `${field}\0`);
  return message("E", fields.join(""), [0]);
}

const letters = { idle: "I", open: "T", failed: "E" } as const;

const readyMessage = (status: TransactionState["status"]): Buffer =>
  message("Z", letters[status], []);
