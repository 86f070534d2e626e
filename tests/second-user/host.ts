/** Runs servers until its input ends: a program, so that somebody else than root can run it. */
import { text } from "node:stream/consumers";
import type { ServerKind } from "../../servers/server.ts";
import { startServer } from "../../servers/start.ts";

for (const kind of process.argv.slice(2) as ServerKind[]) {
  const { url } = await startServer(kind, { from: "local" });
  console.log(JSON.stringify({ kind, url }));
}
console.log("ready");
await text(process.stdin);
process.exit();
