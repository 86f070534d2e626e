/** ZooKeeper holds locks, not counters: what the contract asks of a backend, as far as it applies. */
import { promisify } from "node:util";
import { type Client, CreateMode } from "node-zookeeper-client";
import { describe, expect, inject, it } from "vitest";
import { type Gate, open_gate, type Step } from "../../backends/backend.ts";
import { connectZookeeper } from "../../backends/zookeeper/backend.ts";
import { addressIn, closeClient, openClient } from "../../backends/zookeeper/connect.ts";
import { zookeeperLeftovers } from "../../backends/zookeeper/leftovers.ts";
import { expireSession } from "../../backends/zookeeper/session.ts";
import { Doorkeeper } from "../doorkeeper.ts";
import { ownServer } from "../own-server.ts";

const url = ownServer("zookeeper");
const connect = () => connectZookeeper({ url: url() });

const create = (client: Client, path: string, mode = CreateMode.PERSISTENT): Promise<string> =>
  promisify<string, number, string>(client.create.bind(client))(path, mode);
const children = (client: Client, path: string): Promise<string[]> =>
  promisify<string, string[]>(client.getChildren.bind(client))(path);
const stat = (client: Client, path: string) =>
  promisify<string, { ephemeralOwner: Buffer } | null>(client.exists.bind(client))(path);
const remove = (client: Client, path: string): Promise<void> =>
  promisify<string, void>(client.remove.bind(client))(path);

const errorOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => new Error("nothing went wrong"),
    (error: unknown) => error,
  );

/** What an outsider sees of what we made. */
async function outside(): Promise<string[]> {
  const library = (await import("node-zookeeper-client")).default;
  const client = await openClient(library, addressIn(url()), "");
  const ours = (await children(client, "/")).filter((name) => name.startsWith("raceproof"));
  await closeClient(client);
  return ours.sort();
}

class Ledger implements Gate {
  readonly steps: Step[] = [];
  readonly lines: string[] = [];
  async pass<T>(step: Step, send: () => Promise<T>): Promise<T> {
    this.steps.push(step);
    const reply = await send();
    this.lines.push(`${step.statement} → ${step.describe(reply)}`);
    return reply;
  }
}

describe("ZooKeeper", () => {
  it("names the server and its version", async () => {
    await using backend = await connect();
    expect(backend.server).toMatch(/^ZooKeeper \d+\.\d+\.\d+$/);
  });

  it("removes all that is below its folder, also what a client that is silent holds there", async () => {
    const before = await outside();
    const backend = await connect();
    const session = await backend.open(open_gate);
    for (const path of ["/lock", "/lock/deep"]) await create(session.client, path);
    await create(session.client, "/lock/deep/holder-", CreateMode.EPHEMERAL_SEQUENTIAL);
    expect((await outside()).length).toBe(before.length + 1);
    // As clean does, while the session of a killed client is still alive.
    await using found = await zookeeperLeftovers({ url: url() });
    const ours = found.leftovers.filter(({ what }) => !before.some((name) => what.endsWith(name)));
    expect(ours).toHaveLength(1);
    await ours[0]!.remove();
    expect(await outside()).toEqual(before);
    await session[Symbol.asyncDispose]();
    await backend[Symbol.asyncDispose]();
  });

  it("every request is a step", async () => {
    await using backend = await connect();
    const ledger = new Ledger();
    await using session = await backend.open(ledger);
    await create(session.client, "/a");
    await create(session.client, "/a/n-", CreateMode.EPHEMERAL_SEQUENTIAL);
    await children(session.client, "/a");
    await stat(session.client, "/a/n-0000000000");
    await remove(session.client, "/a/n-0000000000");
    expect(ledger.lines).toEqual([
      "create /a → /a",
      "create /a/n- ephemeral sequential → /a/n-0000000000",
      "getChildren /a → n-0000000000",
      "exists /a/n-0000000000 → there",
      "delete /a/n-0000000000 → OK",
    ]);
    const kinds = ledger.steps.map((step) => step.kind);
    expect(kinds).toEqual(["write", "write", "read", "read", "write"]);
    expect(ledger.steps.at(-1)?.keys).toEqual(["/a/n-0000000000", "/a/n-", "/a"]);
  });

  it("a step waits at the gate, and the steps of one client come one after the other", async () => {
    await using backend = await connect();
    const door = new Doorkeeper();
    await using session = await backend.open(door);
    door.shut = true;
    const created = create(session.client, "/a");
    const listed = children(session.client, "/");
    await using other = await backend.open(open_gate);
    expect(await stat(other.client, "/a")).toBeNull();
    expect(door.seen).toEqual(["arrives create /a"]);
    door.release();
    await created;
    expect(await listed).toEqual(["a"]);
  });

  it("clients see only what is ours, and nothing stays", async () => {
    const before = await outside();
    {
      await using one = await connect();
      await using two = await connect();
      await using session = await one.open(open_gate);
      await create(session.client, "/a");
      await create(session.client, "/a/b", CreateMode.EPHEMERAL);
      await using neighbour = await two.open(open_gate);
      expect(await children(neighbour.client, "/")).toEqual([]);
      expect(await outside()).toHaveLength(before.length + 2);
    }
    expect(await outside()).toEqual(before);
  });

  it("a session that expires takes its nodes with it, and its client knows", async () => {
    await using backend = await connect();
    await using holder = await backend.open(open_gate);
    await using other = await backend.open(open_gate);
    await create(holder.client, "/held", CreateMode.EPHEMERAL);
    const { ephemeralOwner } = (await stat(other.client, "/held"))!;
    await expireSession(ephemeralOwner);
    expect(await children(other.client, "/")).toEqual([]);
    expect([holder.alive, other.alive]).toEqual([false, true]);
    const error = await errorOf(create(holder.client, "/again"));
    expect([backend.outcome(error), backend.code(error)]).toEqual(["fail", "not sent"]);
  });

  it("a lost reply: the server did the work, nobody knows, and its nodes go with the session", async () => {
    for (const gate of [open_gate, new Ledger()]) {
      await using backend = await connect();
      await using other = await backend.open(open_gate);
      {
        await using session = await backend.open(gate);
        session.loseNextReply();
        const error = await errorOf(create(session.client, "/a", CreateMode.EPHEMERAL));
        expect([backend.outcome(error), backend.code(error)]).toEqual(["info", "CONNECTION_LOSS"]);
        expect(session.alive).toBe(false);
        expect(await children(other.client, "/")).toEqual(["a"]);
      }
      expect(await children(other.client, "/")).toEqual([]);
    }
  });

  it.for([
    ["NO_NODE", (client: Client) => remove(client, "/nowhere")],
    ["NODE_EXISTS", (client: Client) => create(client, "/a")],
    ["NOT_EMPTY", (client: Client) => remove(client, "/a")],
    ["NO_CHILDREN_FOR_EPHEMERALS", (client: Client) => create(client, "/a/e/x")],
  ] as const)("%s certainly did not happen", async ([code, provoke]) => {
    await using backend = await connect();
    await using session = await backend.open(open_gate);
    await create(session.client, "/a");
    await create(session.client, "/a/e", CreateMode.EPHEMERAL);
    const error = await errorOf(provoke(session.client));
    expect([backend.outcome(error), backend.code(error)]).toEqual(["fail", code]);
    expect(backend.outcome(new Error("the cat sat on the keyboard"))).toBe("info");
  });

  it.for([
    [
      "no URL of it",
      "redis://127.0.0.1",
      /The URL of ZooKeeper cannot be read .*: write zookeeper:\/\//,
    ],
    ["nobody listens", "zookeeper://127.0.0.1:1", /^Nobody listens at 127\.0\.0\.1:1: start/],
  ] as const)("%s: one sentence", async ([, bad, sentence]) => {
    const error = (await errorOf(connectZookeeper({ url: bad }))) as Error;
    expect([error.name, error.message]).toEqual([
      "CannotConnect",
      expect.stringMatching(sentence) as string,
    ]);
  });

  it("another kind of server answers: one sentence", async () => {
    const { host } = new URL(inject("servers").mysql.url);
    const error = (await errorOf(connectZookeeper({ url: `zookeeper://${host}` }))) as Error;
    expect(error.message).toBe(`At ${host} answers MySQL, not ZooKeeper: correct the URL.`);
  });
});
