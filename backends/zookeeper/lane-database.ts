import type { Client } from "node-zookeeper-client";
import type { LaneDatabase } from "../lane-database.ts";
import { overheard } from "../overheard.ts";
import { openWith } from "./backend.ts";
import { closeClient, openClient } from "./connect.ts";
import { contentsOf, rowsOf } from "./contents.ts";
import { ZookeeperDoorTarget } from "./door-target.ts";
import { speakZookeeper } from "./speaker.ts";

/**
 * A node of our own, and all that programs make below it.
 * @throws CannotConnect
 */
export async function zookeeperLaneDatabase(server: {
  readonly url: string;
}): Promise<LaneDatabase> {
  const { backend, library, address, folder } = await openWith(server);
  const door = new ZookeeperDoorTarget(library, address, folder);
  let reader: Promise<Client> | undefined;
  const inside = (): Promise<Client> => {
    reader ??= openClient(library, address, folder);
    return reader;
  };
  return {
    ...backend,
    door,
    overhear: (make) => overheard(door, make),
    say: (statements) =>
      overheard(door, async (url) => {
        await using speaker = await speakZookeeper(url);
        await speaker.say(statements);
      }),
    another: () => zookeeperLaneDatabase(server),
    contents: async () => contentsOf(await inside()),
    rows: async () => rowsOf(await inside()),
    async [Symbol.asyncDispose]() {
      await reader?.then(closeClient).catch(() => undefined);
      await backend[Symbol.asyncDispose]();
    },
  };
}
