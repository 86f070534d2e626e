import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import { Refused } from "../../../matrix/strategy.ts";

type Item = Record<string, AttributeValue>;

/** Somebody else has changed the counter since this object last saw it: nothing was written. */
export class OutOfSyncError extends Refused {
  constructor(name: string) {
    super(`Counter was out of sync: "${name}" had changed since it was last seen.`);
  }
}

/**
 * A counter as it was written for SimpleDB in 2010, here on DynamoDB: the object remembers the value that it last
 * saw, and writes only if that is still the value.
 *
 * Compares like a number: `counter < 5`, in TypeScript `+counter < 5`. Use a client with `maxAttempts: 1`: if the SDK
 * sends a write again by itself after a lost reply, the counter is out of sync with its own write.
 */
export class Counter {
  readonly #client: DynamoDBClient;
  readonly #domain: string;
  readonly #name: string;
  #value: number;
  #timestamp: string;

  private constructor(client: DynamoDBClient, domain: string, name: string, view: Item) {
    this.#client = client;
    this.#domain = domain;
    this.#name = name;
    ({ value: this.#value, timestamp: this.#timestamp } = viewOf(view, name));
  }

  /**
   * Opens the counter; if there is none yet, creates it with the value `initial`. Never resets an existing one.
   * @param domain table whose key is a string `id`
   */
  static async open(
    client: DynamoDBClient,
    domain: string,
    name: string,
    initial = 0,
  ): Promise<Counter> {
    const item = itemOf(name, whole(initial));
    const existing = await putIf(client, domain, item, "attribute_not_exists(id)");
    return new Counter(client, domain, name, existing ?? item);
  }

  /**
   * Adds `n`, a whole number.
   * @throws OutOfSyncError when somebody else was first; this object then holds the newest value
   */
  async add(n: number): Promise<this> {
    const item = itemOf(this.#name, whole(this.#value + whole(n)));
    const seen = { ":seen": { N: String(this.#value) } };
    const newer = await putIf(this.#client, this.#domain, item, "v = :seen", seen);
    ({ value: this.#value, timestamp: this.#timestamp } = viewOf(newer ?? item, this.#name));
    if (newer) throw new OutOfSyncError(this.#name);
    return this;
  }

  /** As `add(-n)`. */
  async subtract(n: number): Promise<this> {
    return this.add(-n);
  }

  /** The value that this object last saw. */
  valueOf(): number {
    return this.#value;
  }

  /** When the counter was last changed, as this object last saw it: ISO 8601. */
  get timestamp(): string {
    return this.#timestamp;
  }
}

/** Puts the item if the condition holds. @returns undefined; or the existing item, if the condition does not hold */
async function putIf(
  client: DynamoDBClient,
  domain: string,
  item: Item,
  condition: string,
  values?: Item,
): Promise<Item | undefined> {
  try {
    await client.send(
      new PutItemCommand({
        TableName: domain,
        Item: item,
        ConditionExpression: condition,
        ...(values ? { ExpressionAttributeValues: values } : {}),
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      }),
    );
    return undefined;
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return error.Item ?? {};
  }
}

function itemOf(name: string, value: number): Item {
  const timestamp = new Date().toISOString();
  return { id: { S: name }, v: { N: String(value) }, timestamp: { S: timestamp } };
}

/** @throws Refused when the item is not a counter: it was deleted, or belongs to something else */
function viewOf(item: Item, name: string): { value: number; timestamp: string } {
  const value = Number(item["v"]?.N ?? Number.NaN);
  if (!Number.isSafeInteger(value))
    throw new Refused(`The item "${name}" is no counter, or was deleted.`);
  return { value, timestamp: item["timestamp"]?.S ?? "" };
}

function whole(n: number): number {
  if (!Number.isSafeInteger(n))
    throw new RangeError(`A counter counts in whole numbers, not ${n}.`);
  return n;
}
