import { shortened } from "../../histories/shortened.ts";
import type { Step } from "../backend.ts";
import { factsOfRequest } from "./facts.ts";
import type { Action, KeyNames, Output } from "./request.ts";
import { fieldsInWords, filled, itemInWords, text_length_max } from "./words.ts";

/** DynamoDB Local does them at once, but AWS promises no more. */
const reads_one_by_one = /^(Query|Scan|ExecuteStatement)$/;
const reads = /^(Get|BatchGet|TransactGet|Query|Scan|List|Describe)/;

/**
 * One HTTP request of the SDK as a step.
 * @param operation its name in the API: `GetItem`
 */
export function stepOf(operation: string, input: object, key_names: KeyNames): Step {
  const action = input as Action;
  return {
    statement: [operation, inWords(action)].filter(Boolean).join(" "),
    kind: reads.test(operation) ? "read" : "write",
    keys: keysOf(action, key_names),
    isDivisible: reads_one_by_one.test(operation)
      ? (reply) => itemsRead(outputOf(reply)) > 1
      : itemsOfBatch(action) > 1,
    facts: (reply) => factsOfRequest(operation, action, outputOf(reply), key_names),
    describe: (reply) =>
      replyInWords(operation, outputOf(reply), key_names.get(action.TableName ?? "")),
  };
}

const itemsRead = ({ ScannedCount = 0, Items = [] }: Output): number =>
  Math.max(ScannedCount, Items.length);

/** The items of a batch are read or written one by one: a batch is no transaction. */
function itemsOfBatch({ RequestItems = {}, Statements = [] }: Action): number {
  const tables = Object.values(RequestItems);
  const items = tables.map((table) => ("length" in table ? table : (table.Keys ?? [])).length);
  return items.reduce((sum, count) => sum + count, Statements.length);
}

const outputOf = (reply: unknown): Output => (reply as { output?: Output }).output ?? {};

/** `{id: a} ADD v 1 if version = 3`. */
function inWords(action: Action): string {
  if (action.TransactItems) {
    const actions = action.TransactItems.flatMap((item) => Object.entries(item));
    return `[${actions.map(([name, part]) => `${name} ${inWords(part)}`).join(", ")}]`;
  }
  const { ExpressionAttributeNames: names, ExpressionAttributeValues: values } = action;
  const target = action.Key ?? action.Item;
  const condition = action.ConditionExpression ?? action.KeyConditionExpression;
  return [
    target ? itemInWords(target) : (action.TableName ?? ""),
    action.UpdateExpression && filled(action.UpdateExpression, names, values),
    condition && `if ${filled(condition, names, values)}`,
    action.ConsistentRead ? "consistent" : undefined,
  ]
    .filter(Boolean)
    .join(" ");
}

/** The keys of a request. A put has its key among the attributes: another request must have shown which these are. */
function keysOf(action: Action, key_names: KeyNames): string[] | undefined {
  const actions = action.TransactItems?.flatMap((item) => Object.values(item)) ?? [action];
  const keys = actions.map(({ TableName, Key, Item }) => {
    if (TableName === undefined) return undefined;
    if (Key) key_names.set(TableName, Object.keys(Key).toSorted());
    const names = key_names.get(TableName);
    const item = Key ?? Item;
    if (!names || !item) return undefined;
    return (
      TableName +
      itemInWords(Object.fromEntries(names.map((name) => [name, item[name] ?? { S: "" }])))
    );
  });
  return keys.includes(undefined) ? undefined : (keys as string[]);
}

function replyInWords(
  operation: string,
  output: Output,
  key_names: readonly string[] = [],
): string {
  const item = output.Item ?? output.Attributes;
  if (item) return fieldsInWords(item, key_names);
  if (operation === "GetItem") return "nil";
  if (output.Items) return output.Items.length === 1 ? "1 item" : `${output.Items.length} items`;
  if (output.Responses) {
    const items = output.Responses.map(({ Item: one }) => one).filter((one) => one !== undefined);
    const [only] = items;
    return items.length === 1 && only ? fieldsInWords(only, key_names) : `${items.length} items`;
  }
  if (output.TableNames) return shortened(output.TableNames.join(", "), text_length_max);
  return "OK";
}
