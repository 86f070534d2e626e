/**
 * A port through which a program's own function makes its schema. Everything passes at once, as through a door: DynamoDB
 * has no databases, so this is how we know which tables are ours; at ZooKeeper, nobody needs the server's secret.
 */
import { type AddressInfo, createServer, type Socket } from "node:net";
import type { DoorTarget } from "./door-target.ts";
import { isForOwnUserOnly, isOfOwnUser } from "./own-user.ts";

/** @param make is given the URL of the port; the target's wire learns what was created */
export async function overheard(target: DoorTarget, make: (url: string) => unknown): Promise<void> {
  const clients = new Set<Socket>();
  const only_own_user = isForOwnUserOnly(target);
  const listener = createServer({ noDelay: true }, (client) => {
    if (only_own_user && !isOfOwnUser(client)) {
      client.resetAndDestroy();
      return;
    }
    clients.add(client);
    void pass(client, target).catch(() => client.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    listener.once("error", reject);
    listener.listen(0, "127.0.0.1", resolve);
  });
  try {
    await make(target.address((listener.address() as AddressInfo).port).url);
  } finally {
    const closed = new Promise<void>((resolve) => listener.close(() => resolve()));
    for (const client of clients) client.destroy();
    await closed;
  }
}

async function pass(client: Socket, target: DoorTarget): Promise<void> {
  client.pause();
  client.on("error", () => client.destroy());
  const server = await target.connect();
  const conversation = target.wire.open();
  client.on("data", (bytes: Buffer) => {
    for (const part of conversation.fromClient(bytes)) {
      if (part.kind === "request" || part.kind === "pass") conversation.goes(part.expects);
      (part.kind === "answer" ? client : server).write(part.bytes);
    }
  });
  server.on("data", (bytes: Buffer) => {
    for (const part of conversation.fromServer(bytes)) client.write(part.bytes);
  });
  server.on("error", () => server.destroy());
  client.on("close", () => server.destroy());
  server.on("close", () => client.destroySoon());
  client.resume();
}
