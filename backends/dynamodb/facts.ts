/** What a request did to items, according to its parameters and its reply. */
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { Fact, Value, Values } from "../step-facts.ts";
import type { Action, KeyNames, Output } from "./request.ts";
import { filledNames, type Item } from "./words.ts";

/** @returns undefined when the request may have changed, or shown, anything */
export function factsOfRequest(
  operation: string,
  action: Action,
  output: Output,
  key_names: KeyNames,
): Fact[] | undefined {
  if (operation === "TransactWriteItems" || operation === "TransactGetItems") {
    const { Responses: replies } = output;
    const facts = (action.TransactItems ?? []).map((item, i) => {
      const [[name, part] = ["", {}]] = Object.entries(item);
      return factOf(name, part, replies?.[i] ?? {}, key_names);
    });
    return facts.includes(undefined) ? undefined : (facts as Fact[]);
  }
  const fact = factOf(operation.replace(/Item$/, ""), action, output, key_names);
  return fact && [fact];
}

function factOf(
  does: string,
  action: Action,
  output: Output,
  key_names: KeyNames,
): Fact | undefined {
  const at = placeOf(action, key_names);
  if (at === undefined) return undefined;
  const { Item: item } = output;
  if (does === "Get" || does === "ConditionCheck")
    return {
      does: "find",
      ...at,
      rows: item ? 1 : 0,
      found: item ? [{ columns: known(item), computed: {} }] : [],
    };
  // A condition that was not met is an error.
  if (does === "Put")
    return { does: "change", ...at, rows: 1, assigned: plainOf(action.Item ?? {}) };
  if (does === "Delete") return { does: "delete", ...at };
  const assigned = does === "Update" ? assignedBy(action) : undefined;
  if (assigned === undefined) return undefined;
  const is_new = action.ReturnValues === "UPDATED_NEW" || action.ReturnValues === "ALL_NEW";
  const became = is_new ? { became: known(output.Attributes ?? {}) } : {};
  return { does: "change", ...at, rows: 1, assigned, ...became };
}

/**
 * The table and key of an item. A put has the key among its attributes: another request must have shown which these
 * are.
 */
function placeOf({ TableName: table, Key, Item }: Action, key_names: KeyNames) {
  const names = Key ? Object.keys(Key) : table === undefined ? undefined : key_names.get(table);
  if (table === undefined || names === undefined) return undefined;
  const where = known(Key ?? Item ?? {});
  const key = names.map((name) => [name, where[name]] as const);
  if (key.some(([, value]) => value === undefined)) return undefined;
  return { table, where: Object.fromEntries(key) as Values, isAll: true };
}

/** Reads `SET v = :v, w = w + :one REMOVE x ADD y :two`; undefined when it reaches into lists or maps. */
function assignedBy({
  UpdateExpression: expression = "",
  ExpressionAttributeNames: names,
  ExpressionAttributeValues: values = {},
}: Action): Record<string, Value | undefined> | undefined {
  const assigned: Record<string, Value | undefined> = {};
  for (const clause of expression.split(/\b(?=(?:SET|REMOVE|ADD|DELETE)\s)/i)) {
    const [, verb = "", list = ""] = /^\s*(\w+)\s+([^]*)$/.exec(clause) ?? [];
    for (const part of list.split(/,(?![^(]*\))/)) {
      const [, name, rest = ""] = /^\s*(#?\w+)\s*([^]*?)\s*$/.exec(part) ?? [];
      if (name === undefined || /^[.[]/.test(rest)) return undefined;
      const value = /^=\s*(:\w+)$/.exec(rest)?.[1];
      const said = value === undefined ? undefined : values[value];
      const column = filledNames(name, names);
      assigned[column] = /^remove$/i.test(verb) ? null : said && plain(said);
    }
  }
  return assigned;
}

const plainOf = (item: Item): Record<string, Value | undefined> =>
  Object.fromEntries(Object.entries(item).map(([name, value]) => [name, plain(value)]));

const known = (item: Item): Values =>
  Object.fromEntries(
    Object.entries(plainOf(item)).filter(([, value]) => value !== undefined),
  ) as Values;

function plain({ N, S, BOOL, NULL }: AttributeValue): Value | undefined {
  return N ?? S ?? (BOOL === undefined ? undefined : String(BOOL)) ?? (NULL ? null : undefined);
}
