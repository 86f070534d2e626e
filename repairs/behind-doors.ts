/** A program's databases behind doors, and the workshops in which repairs are put in at these doors. */
import type { Backend } from "../backends/backend.ts";
import type { BackendWithDoor } from "../backends/door-target.ts";
import { speakMysql } from "../backends/mysql/speaker.ts";
import { speakPostgres } from "../backends/postgres/speaker.ts";
import type { Speaker } from "../backends/speaker.ts";
import { type MakeClient, throughDoors } from "../schedules/doors/door-backend.ts";
import { type MakeOfSeveral, throughSeveralDoors } from "../schedules/doors/several-doors.ts";
import type { Language } from "./repair.ts";
import type { Workshop } from "./workshop.ts";

/** The languages of the databases for which repairs are known, by the names of their backends. */
const languages: Readonly<Record<string, Language>> = {
  postgres: "postgres",
  mysql: "mysql",
  mariadb: "mysql",
  redis: "redis",
  valkey: "redis",
  dynamodb: "dynamodb",
};
const speakers: Readonly<Partial<Record<Language, (url: string) => Promise<Speaker>>>> = {
  postgres: speakPostgres,
  mysql: speakMysql,
};

export interface BehindDoors<Client> {
  readonly backend: Backend<Client>;
  readonly workshops: readonly Workshop<Client>[];
}

export function behindDoors<Client>(
  database: BackendWithDoor<unknown>,
  make: MakeClient<Client>,
): BehindDoors<Client> {
  const workshop = workshopOf(database, (mending) => throughDoors(database, make, mending));
  return { backend: throughDoors(database, make), workshops: workshop ? [workshop] : [] };
}

export function behindSeveralDoors<Client>(
  databases: Readonly<Record<string, BackendWithDoor<unknown>>>,
  make: MakeOfSeveral<Client>,
): BehindDoors<Client> {
  const several = Object.keys(databases).length > 1;
  const workshops = Object.entries(databases).flatMap(([name, database]) => {
    const workshop = workshopOf(database, (mending) =>
      throughSeveralDoors(databases, make, { database: name, mending }),
    );
    return workshop ? [several ? { ...workshop, name } : workshop] : [];
  });
  return { backend: throughSeveralDoors(databases, make), workshops };
}

function workshopOf<Client>(
  database: BackendWithDoor<unknown>,
  mended: Workshop<Client>["mended"],
): Workshop<Client> | undefined {
  const dialect = languages[database.name];
  if (dialect === undefined) return undefined;
  const speak = speakers[dialect];
  const kind = database.name;
  if (!speak) return { kind, dialect, mended };
  const say = async (statement: string): Promise<void> => {
    await using speaker = await speak(database.door.address().url);
    await speaker.say(statement);
  };
  return { kind, dialect, mended, say };
}
