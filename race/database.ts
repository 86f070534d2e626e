import type { Address, BackendWithDoor } from "../backends/door-target.ts";
import { withSchema } from "../backends/lane-database.ts";
import { speakMysql } from "../backends/mysql/speaker.ts";
import { openLaneDatabase } from "../backends/open-lane-database.ts";
import { speakPostgres } from "../backends/postgres/speaker.ts";
import { speakRedis } from "../backends/redis/speaker.ts";
import type { Speaker } from "../backends/speaker.ts";
import type { ServerKind } from "../servers/server.ts";

/** How one says statements to a server of this kind. */
const speakers: Readonly<Partial<Record<ServerKind, (url: string) => Promise<Speaker>>>> = {
  postgres: speakPostgres,
  mysql: speakMysql,
  mariadb: speakMysql,
  redis: speakRedis,
  valkey: speakRedis,
};

/** Kinds of databases that a race can be about: there are doors to them. */
export const race_kinds: readonly ServerKind[] = Object.keys(speakers) as ServerKind[];

/** @throws whatever the server says */
export function speakTo(kind: ServerKind): (address: Address) => Promise<Speaker> {
  const speak = speakers[kind]!;
  return ({ url }) => speak(url);
}

/**
 * A database of our own at a server, with this schema in it.
 * @throws CannotConnect
 * @throws SchemaFailed
 */
export async function openRaceDatabase(
  kind: ServerKind,
  server: { readonly url: string },
  schema: readonly string[],
): Promise<BackendWithDoor<unknown>> {
  return withSchema(await openLaneDatabase(server), async (url) => {
    await using speaker = await speakers[kind]!(url);
    for (const text of schema) await speaker.say(text);
  });
}
