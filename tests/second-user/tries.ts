/** Lets another user try servers, in a process of its own. */
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type { Seen } from "./attempts.ts";
import type { Order, Tried } from "./neighbour.ts";

const usual = ["root", "postgres", "mysql", "redis", "password", "secret", "raceproof"];
const neighbour_file = fileURLToPath(new URL("neighbour.ts", import.meta.url));

export async function tries(order: Order): Promise<readonly Tried[]> {
  const neighbour = spawn(process.execPath, ["--import", "tsx", neighbour_file], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  neighbour.stdin.end(JSON.stringify(order));
  return JSON.parse(await text(neighbour.stdout)) as Tried[];
}

export const gotIn = (tried: readonly Tried[]): readonly Tried[] =>
  tried.filter(({ refusal }) => refusal === undefined);

/** What another user gets. @throws Error when a server was not really tried */
export async function gotBy(uid: number, servers: readonly Seen[]): Promise<readonly Tried[]> {
  const tried = await tries({ uid, servers, passwords: usual });
  const entering = tried.filter(({ attempt }) => attempt.startsWith("enter"));
  for (const { kind } of servers)
    if (entering.filter((one) => one.kind === kind).length <= usual.length)
      throw new Error(`${kind} was not tried`);
  return gotIn(tried);
}
