/** All nodes below the node of a lane: their paths, their data, and whether they end with their session. */
import { createHash } from "node:crypto";
import type { Client, Exception, Stat } from "node-zookeeper-client";
import type { Contents } from "../backend.ts";
import { withoutGenerated } from "../generated-values.ts";
import { type AllRows, mustBeFew, type Row, type TableRows, TooManyRows } from "../rows.ts";
import { withoutNumber } from "./step.ts";

interface Node {
  readonly path: string;
  readonly data: string;
  readonly is_ephemeral: boolean;
}

/** The table of the nodes without a number. */
const nodes = "nodes";

/**
 * What is there, node by node; the nodes that the server has numbered together, as their numbers go on from schedule to
 * schedule.
 */
export async function contentsOf(client: Client): Promise<Contents> {
  const all = await nodesBelow(client).catch((error: unknown) => {
    if (error instanceof TooManyRows) return undefined;
    throw error;
  });
  if (all === undefined) return new Map([["all nodes", { rows: undefined, checksum: undefined }]]);
  const by_name = new Map<string, Node[]>();
  for (const node of all) {
    const name = withoutGenerated(withoutNumber(node.path));
    by_name.set(name, [...(by_name.get(name) ?? []), node]);
  }
  return new Map(
    [...by_name].map(([name, same]) => {
      const texts = same.map(({ data, is_ephemeral }) => JSON.stringify([data, is_ephemeral]));
      const steady = withoutGenerated(texts.toSorted().join());
      const checksum = createHash("sha256").update(steady).digest("hex").slice(0, 16);
      return [`node ${name}`, { rows: same.length, checksum }];
    }),
  );
}

/**
 * All nodes with their data. Nodes that the server has numbered are like rows with a serial number: those with one name
 * are a table of their own.
 * @throws TooManyRows
 */
export async function rowsOf(client: Client): Promise<AllRows> {
  const tables = new Map<string, { rows: Row[]; sequences: TableRows["sequences"] }>();
  for (const { path, data, is_ephemeral } of await nodesBelow(client)) {
    const name = withoutNumber(path);
    const is_numbered = name !== path;
    const type = is_ephemeral ? "ephemeral" : "node";
    const table = is_numbered ? name : nodes;
    const sequences: Readonly<Record<string, string>> = is_numbered ? { number: name } : {};
    const held = tables.get(table) ?? { rows: [], sequences };
    tables.set(table, held);
    held.rows.push(
      is_numbered
        ? { number: path.slice(name.length), type, value: data }
        : { key: path, type, value: data },
    );
  }
  return tables;
}

/** @throws TooManyRows */
async function nodesBelow(client: Client): Promise<Node[]> {
  const found: Node[] = [];
  let level: readonly string[] = ["/"];
  while (level.length > 0) {
    mustBeFew(nodes, found.length + level.length);
    const looked = await Promise.all(level.map((path) => look(client, path)));
    found.push(...looked.flatMap(({ node }) => node ?? []));
    level = looked.flatMap(({ below }) => below);
  }
  // The node of the lane itself is ours, unless a program has written into it.
  return found.filter(({ path, data }) => path !== "/" || data !== "");
}

async function look(
  client: Client,
  path: string,
): Promise<{ readonly node?: Node; readonly below: readonly string[] }> {
  const [read, names] = await Promise.all([dataOf(client, path), childrenOf(client, path)]);
  if (read === undefined || names === undefined) return { below: [] };
  const text = read.data.toString("utf8");
  const data = text.includes("\ufffd") ? read.data.toString("base64") : text;
  return {
    node: { path, data, is_ephemeral: read.stat.ephemeralOwner.some((byte) => byte !== 0) },
    below: names.map((name) => `${path === "/" ? "" : path}/${name}`),
  };
}

/** @returns undefined if the node has just gone @throws any other error */
const dataOf = (
  client: Client,
  path: string,
): Promise<{ readonly data: Buffer; readonly stat: Stat } | undefined> =>
  new Promise((resolve, reject) =>
    client.getData(path, (error, data, stat) =>
      error ? unlessGone(error, resolve, reject) : resolve({ data: data ?? Buffer.alloc(0), stat }),
    ),
  );

const childrenOf = (client: Client, path: string): Promise<readonly string[] | undefined> =>
  new Promise((resolve, reject) =>
    client.getChildren(path, (error, names) =>
      error ? unlessGone(error, resolve, reject) : resolve(names),
    ),
  );

function unlessGone(
  error: Error | Exception,
  resolve: (nothing: undefined) => void,
  reject: (error: Error | Exception) => void,
): void {
  if ("name" in error && error.name === "NO_NODE") resolve(undefined);
  else reject(error);
}
