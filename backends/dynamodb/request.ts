import type { Item } from "./words.ts";

/** What of a request or one action of a transaction says what it does; all commands use these names. */
export interface Action {
  readonly TableName?: string;
  readonly Key?: Item;
  readonly Item?: Item;
  readonly UpdateExpression?: string;
  readonly ConditionExpression?: string;
  readonly KeyConditionExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Item;
  readonly ConsistentRead?: boolean;
  readonly ReturnValues?: string;
  /** TransactWriteItems, TransactGetItems: one of Put, Update, Delete, ConditionCheck, Get each. */
  readonly TransactItems?: readonly Readonly<Record<string, Action>>[];
}

export interface Output {
  readonly Item?: Item;
  readonly Attributes?: Item;
  readonly Items?: readonly unknown[];
  /** Of TransactGetItems, in the order of its parts. */
  readonly Responses?: readonly { readonly Item?: Item }[];
  readonly TableNames?: readonly string[];
}

/** Which attributes are the key of a table, as earlier requests have shown. */
export type KeyNames = Map<string, readonly string[]>;
