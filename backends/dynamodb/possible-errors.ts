/** Which errors DynamoDB gives, and where. */
import type { PossibleError } from "../possible-errors.ts";
import type { Action } from "./request.ts";

/** A request: its operation, and what it says. */
export interface Call {
  readonly operation: string;
  readonly action: Action;
}

const touches_items =
  /^(Get|Put|Update|Delete)Item$|^(BatchGet|BatchWrite|TransactGet|TransactWrite)Items?$|^(Query|Scan)$/;

export const possible_errors: readonly PossibleError<Call>[] = [
  {
    // Only a condition on a value: somebody may have changed it, and changed it back. Whether an item exists is not put in
    // question: an answer that is not true would lead a right program astray.
    code: "ConditionalCheckFailedException",
    message: "The conditional request failed",
    source:
      "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ConditionExpressions.html",
    isPossible: (_, { operation, action }) =>
      /^(Put|Update|Delete)Item$/.test(operation) &&
      (action.ConditionExpression ?? "").includes(":"),
  },
  {
    code: "TransactionCanceledException",
    message:
      "Transaction cancelled, please refer cancellation reasons for specific reasons [TransactionConflict]",
    source:
      "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-conflict-handling",
    isPossible: (_, { operation }) => /^Transact(Get|Write)Items$/.test(operation),
  },
  {
    code: "ProvisionedThroughputExceededException",
    message:
      "The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API.",
    source:
      "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html",
    isPossible: (_, { operation }) => touches_items.test(operation),
  },
];
