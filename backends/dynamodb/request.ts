import type { Item } from "./words.ts";

/** The fields that tell what a request, or one action of a transaction, does; all commands use these names. */
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
  /** TransactWriteItems, TransactGetItems: each is a Put, Update, Delete, ConditionCheck or Get. */
  readonly TransactItems?: readonly Readonly<Record<string, Action>>[];
  /** By table: what BatchWriteItem writes, and what BatchGetItem reads. */
  readonly RequestItems?: Readonly<
    Record<string, readonly unknown[] | { readonly Keys?: readonly Item[] }>
  >;
  /** BatchExecuteStatement. */
  readonly Statements?: readonly unknown[];
}

export interface Output {
  readonly Item?: Item;
  readonly Attributes?: Item;
  readonly Items?: readonly unknown[];
  /** How many items a query has read, whatever its filter says of them. */
  readonly ScannedCount?: number;
  /** The answers to TransactGetItems, in the order of its parts. */
  readonly Responses?: readonly { readonly Item?: Item }[];
  readonly TableNames?: readonly string[];
}

/** Which attributes are the key of a table, as earlier requests have shown. */
export type KeyNames = Map<string, readonly string[]>;

/** What is learnt from requests, whoever sends them. */
export interface Learns {
  readonly key_names: KeyNames;
  /** Called with the tables that a request names. */
  touched(tables: readonly string[]): void;
  /** Called when a request has created a table: it is ours to delete. */
  created(table: string): void;
}
