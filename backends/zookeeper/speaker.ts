import { promisify } from "node:util";
import type { Client } from "node-zookeeper-client";
import { CannotConnect } from "../cannot-connect.ts";
import { loadDriver } from "../load-driver.ts";
import type { Speaker } from "../speaker.ts";
import { addressIn, closeClient, openClient, removeWithChildren, unlessGone } from "./connect.ts";

const modes: Readonly<Record<string, number>> = { "": 0, "-e": 1, "-s": 2, "-e -s": 3, "-s -e": 3 };
const known =
  "create [-e] [-s] PATH DATA, set PATH DATA, delete PATH, deleteall PATH, get PATH, ls PATH";

/**
 * Sends commands to ZooKeeper, one for each line, as typed in its zkCli: `create /counter 0`. A line that begins with # is
 * a comment. `deleteall` of a node that is not there does nothing, so that a set-up can begin with it. `get /counter = 2`
 * and `ls /locks = ` ask whether that is the answer.
 */
export async function speakZookeeper(url: string): Promise<Speaker> {
  const load = () => import("node-zookeeper-client");
  const { default: library } = await loadDriver("node-zookeeper-client", load);
  const { pathname } = new URL(url);
  const client = await openClient(library, addressIn(url), pathname === "/" ? "" : pathname);
  const say = async (text: string): Promise<unknown> => {
    let answer: unknown;
    for (const line of text.split("\n").map((line) => line.trim())) {
      if (line === "" || line.startsWith("#")) continue;
      answer = await done(client, line);
    }
    return answer;
  };
  return {
    say: async (text) => void (await say(text)),
    ask: async (text) => [[await say(text)]],
    show: async (what) => String(await say(`get ${what.slice("node ".length)}`)),
    [Symbol.asyncDispose]: () => closeClient(client),
  };
}

async function done(client: Client, line: string): Promise<unknown> {
  const [, name, flags = "", path = "", rest = ""] =
    /^(\w+)\s+((?:-[es]\s+)*)(\/\S*)\s*([^]*)$/.exec(line) ?? [];
  const [, asked] = /^=\s*([^]*)$/.exec(rest) ?? [];
  if (name === "create") {
    const mode = modes[flags.trim().replace(/\s+/g, " ")] ?? 0;
    return promisify<string, Buffer, number, string>(client.create.bind(client))(
      ...[path, Buffer.from(rest), mode],
    );
  }
  if (name === "set")
    return promisify<string, Buffer, unknown>(client.setData.bind(client))(path, Buffer.from(rest));
  if (name === "delete") return promisify<string, void>(client.remove.bind(client))(path);
  if (name === "deleteall") return removeWithChildren(client, path).catch(unlessGone);
  const read = name === "get" ? getData : name === "ls" ? getChildren : undefined;
  if (read === undefined)
    throw new CannotConnect(`ZooKeeper has no "${line}" here: write ${known}.`);
  const answer = await read(client, path);
  return asked === undefined ? answer : answer === asked.trim();
}

const getData = async (client: Client, path: string): Promise<string> =>
  String((await promisify<string, Buffer>(client.getData.bind(client))(path)) ?? "");

const getChildren = async (client: Client, path: string): Promise<string> =>
  (await promisify<string, string[]>(client.getChildren.bind(client))(path)).toSorted().join();
