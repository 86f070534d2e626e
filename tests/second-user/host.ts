/** Runs servers until its input ends: a program, so that somebody other than root can run it. */
import { text } from "node:stream/consumers";
import type { Server, ServerKind } from "../../servers/server.ts";
import { startServer } from "../../servers/start.ts";

const servers: Server[] = [];
for (const kind of process.argv.slice(2) as ServerKind[]) {
  const server = await startServer(kind, { from: "local" });
  servers.push(server);
  console.log(JSON.stringify({ kind, url: server.url }));
}
console.log("ready");
await text(process.stdin);
await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()));
