import { CannotConnect } from "../cannot-connect.ts";
import type { Speaker } from "../speaker.ts";
import { type Item, itemInWords } from "./words.ts";

/** DynamoDB Local requires a signature, but does not check it. */
const authorization =
  "AWS4-HMAC-SHA256 Credential=raceproof/20200101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0";

/** An empty line ends a statement. */
const statementsOf = (text: string): string[] =>
  text.split(/\n[ \t]*\n/).filter((one) => one.trim() !== "");

/**
 * Sends API calls, `PutItem {"TableName": …}`, or PartiQL statements to DynamoDB. The answer to a question is whether
 * there is an item, as PartiQL cannot select expressions.
 */
export async function speakDynamodb(url: string): Promise<Speaker> {
  const call = async (text: string): Promise<{ Items?: readonly Item[] }> => {
    const [, operation = "ExecuteStatement", json] =
      /^\s*([A-Z]\w+)\s+(\{[\s\S]*\})\s*$/.exec(text) ?? [];
    const answer = await fetch(url, {
      method: "POST",
      headers: {
        authorization,
        "content-type": "application/x-amz-json-1.0",
        "x-amz-target": `DynamoDB_20120810.${operation}`,
        connection: "close",
      },
      body: json ?? JSON.stringify({ Statement: text, ConsistentRead: true }),
    });
    const said = (await answer.json()) as { message?: string; Message?: string; __type?: string };
    if (answer.ok) return said as object;
    throw new CannotConnect(
      `${said.__type?.replace(/^.*#/, "") ?? answer.status}: ${said.message ?? said.Message ?? ""} (in ${text.trim()})`,
    );
  };
  return {
    async say(text) {
      for (const one of statementsOf(text)) await call(one);
    },
    async ask(text) {
      const { Items = [] } = await call(text);
      return Items.map(() => [true]);
    },
    async show(what) {
      const TableName = what.slice("table ".length);
      const { Items = [] } = await call(`Scan ${JSON.stringify({ TableName })}`);
      return Items.map(itemInWords).toSorted().join(", ") || "no item";
    },
    async [Symbol.asyncDispose]() {},
  };
}
