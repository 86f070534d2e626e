/**
 * A condition on every write to an item that its operation has read: the attributes that it saw are still the same, or
 * the item is still not there. The server itself refuses the write otherwise. In a transaction each write has its
 * condition, and what was read but is not written is checked beside them.
 */
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { Compared, Comparing, Conversation, Reply, SentRequest } from "../wire.ts";
import { type HttpMessage, HttpStream } from "./http-stream.ts";
import type { Action, Output } from "./request.ts";
import type { Item } from "./words.ts";

/** What an operation has read. */
interface Seen {
  readonly table: string;
  readonly key: Item;
  readonly item: Item | undefined;
}

type Body = Action & { readonly ProjectionExpression?: string; readonly Expected?: object };

export class Conditions implements Comparing {
  readonly #read: (bytes: Buffer) => ReturnType<Conversation["fromClient"]>;
  readonly #seen: Seen[] = [];
  /** The reads under way. */
  #asks: readonly Pick<Seen, "table" | "key">[] = [];

  /** @param read reads HTTP messages as requests */
  constructor(read: (bytes: Buffer) => ReturnType<Conversation["fromClient"]>) {
    this.#read = read;
  }

  sent(request: SentRequest): SentRequest {
    this.#asks = [];
    const [message] = new HttpStream().take(request.bytes).messages;
    const operation = /\.(\w+)$/.exec(message?.headers.get("x-amz-target") ?? "")?.[1];
    if (message === undefined || operation === undefined) return request;
    const body = JSON.parse(message.body.toString("utf8")) as Body;
    this.#asks = readsOf(operation, body);
    const changed = message.headers.has("content-length")
      ? this.#conditioned(operation, body)
      : body;
    if (changed === body) return request;
    const [sent] = this.#read(withBody(message, changed));
    return sent as SentRequest;
  }

  replied(bytes: Buffer, reply: Reply | undefined): Compared {
    const { output } = (reply ?? {}) as { readonly output?: Output };
    const answers = output?.Responses ?? [output];
    for (const [i, asked] of output ? this.#asks.entries() : []) {
      this.#takeSeen(asked.table, asked.key);
      this.#seen.push({ ...asked, item: answers[i]?.Item });
    }
    return { bytes };
  }

  #conditioned(operation: string, body: Body): Body {
    if (operation === "TransactWriteItems") return this.#conditionedTogether(body);
    return /^(Put|Update|Delete)Item$/.test(operation) ? this.#conditionedOne(body) : body;
  }

  /** Each part of a transaction with its condition, and a check of what else was read. */
  #conditionedTogether(body: Body): Body {
    if (this.#seen.length === 0) return body;
    const written = (body.TransactItems ?? []).map((part) =>
      Object.fromEntries(
        Object.entries(part).map(([does, action]) => [does, this.#conditionedOne(action)]),
      ),
    );
    const others = this.#seen.splice(0).map((seen) => ({
      ConditionCheck: withCondition({ TableName: seen.table, Key: seen.key }, seen),
    }));
    return { ...body, TransactItems: [...written, ...others] };
  }

  #conditionedOne(action: Body): Body {
    const seen = action.Expected
      ? undefined
      : this.#takeSeen(action.TableName, action.Key ?? action.Item);
    return seen ? withCondition(action, seen) : action;
  }

  /** What was seen of an item; it counts once. */
  #takeSeen(table: string | undefined, item: Item | undefined): Seen | undefined {
    const at = this.#seen.findIndex((seen) => seen.table === table && isOf(seen.key, item));
    return at < 0 ? undefined : this.#seen.splice(at, 1)[0];
  }
}

function readsOf(
  operation: string,
  { TransactItems: parts = [], ...body }: Body,
): Pick<Seen, "table" | "key">[] {
  const reads = operation === "GetItem" ? [body] : parts.flatMap(({ Get }) => Get ?? []);
  return reads.flatMap(({ TableName: table, Key: key }) => (table && key ? [{ table, key }] : []));
}

/** Whether an item, or a key, has this key. */
const isOf = (key: Item, item: Item | undefined): boolean =>
  Object.entries(key).every(
    ([name, value]) => JSON.stringify(item?.[name]) === JSON.stringify(value),
  );

function withCondition(body: Body, { key, item }: Seen): Body {
  const names: Record<string, string> = {};
  const values: Record<string, AttributeValue> = {};
  const [of_key = ""] = Object.keys(key);
  const parts = Object.entries(item ?? {}).flatMap(([name, value], i) => {
    if (Object.hasOwn(key, name)) return [];
    names[`#seen${i}`] = name;
    values[`:seen${i}`] = value;
    return [`#seen${i} = :seen${i}`];
  });
  if (parts.length === 0) {
    names["#seen"] = of_key;
    parts.push(item ? "attribute_exists(#seen)" : "attribute_not_exists(#seen)");
  }
  const own = body.ConditionExpression;
  const all_values = { ...body.ExpressionAttributeValues, ...values };
  return {
    ...body,
    ConditionExpression: [...(own ? [`(${own})`] : []), ...parts].join(" AND "),
    ExpressionAttributeNames: { ...body.ExpressionAttributeNames, ...names },
    ...(Object.keys(all_values).length > 0 ? { ExpressionAttributeValues: all_values } : {}),
  };
}

/** The same request with another body. */
function withBody({ bytes, body }: HttpMessage, changed: Body): Buffer {
  const head = bytes.subarray(0, bytes.length - body.length).toString("latin1");
  const content = Buffer.from(JSON.stringify(changed));
  const length = `content-length: ${content.length}`;
  return Buffer.concat([
    Buffer.from(head.replace(/content-length: *\d+/i, length), "latin1"),
    content,
  ]);
}
