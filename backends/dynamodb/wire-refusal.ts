/** An error in place of a response: a status of 400, and JSON that names it. */
import { randomUUID } from "node:crypto";
import { messageOf } from "../possible-errors.ts";
import type { Refusal } from "../wire.ts";
import { type Call, possible_errors } from "./possible-errors.ts";

export function refusalOf(code: string, call: Call): Refusal {
  const message = messageOf(possible_errors, code);
  return { message, reply: () => response(JSON.stringify(bodyOf(code, message, call))) };
}

/** The first action is the one that met another transaction. */
function bodyOf(code: string, said: string, { action }: Call): object {
  const type = { __type: `com.amazonaws.dynamodb.v20120810#${code}` };
  if (code !== "TransactionCanceledException") return { ...type, message: said };
  const codes = (action.TransactItems ?? []).map((_, i) =>
    i === 0 ? "TransactionConflict" : "None",
  );
  return {
    ...type,
    Message: said.replace("[TransactionConflict]", `[${codes.join(", ")}]`),
    CancellationReasons: codes.map((Code) =>
      Code === "None" ? { Code } : { Code, Message: "Transaction is ongoing for the item" },
    ),
  };
}

function response(body: string): Buffer {
  const head = [
    "HTTP/1.1 400 Bad Request",
    "content-type: application/x-amz-json-1.0",
    `x-amzn-requestid: ${randomUUID()}`,
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  return Buffer.from(`${head.join("\r\n")}\r\n\r\n${body}`);
}
