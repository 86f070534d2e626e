import { inject } from "vitest";
import { RaceDatabases } from "../../race/database.ts";
import type { RaceOptions, RaceResult } from "../../race/options.ts";
import { race } from "../../race/race.ts";
import type { ServerKind } from "../../servers/server.ts";

/** What a test wants to be different. */
export type Wish = Partial<Omit<RaceOptions, "setup" | "check">> & {
  readonly kind: ServerKind;
  readonly argv: readonly string[];
  readonly schema?: readonly string[];
  readonly setup?: readonly string[];
  readonly check?: readonly string[];
  /** A second database, with its set-up before every schedule. */
  readonly another?: { readonly kind: ServerKind; readonly setup: readonly string[] };
};

/** Races a command on the shared server of a kind, in a database of its own. */
export async function raceOn(wish: Wish): Promise<RaceResult> {
  const { kind, schema = [], setup = [], check = [], another } = wish;
  const servers = inject("servers");
  await using databases = new RaceDatabases();
  await databases.add(kind, servers[kind], schema);
  if (another) await databases.add(another.kind, servers[another.kind], []);
  return await race({
    name: "test",
    templates: [],
    ignore: [],
    clients: 2,
    operations: 1,
    isolation: undefined,
    faults: [],
    schedules: undefined,
    seed: undefined,
    busy_limit_ms: 10_000,
    time_limit_ms: undefined,
    race_coverage: false,
    repairs: false,
    report: undefined,
    signal: new AbortController().signal,
    progress: () => undefined,
    replayCommand: (token) => token,
    ...wish,
    databases: databases.all,
    setup: [
      ...setup.map((text) => ({ kind, text })),
      ...(another?.setup ?? []).map((text) => ({ kind: another!.kind, text })),
    ],
    check: check.map((text) => ({ kind, text })),
  });
}

export const counter: { readonly schema: readonly string[]; readonly check: readonly string[] } = {
  schema: ["CREATE TABLE Counter (id INT PRIMARY KEY, count_value INT NOT NULL)"],
  check: ["SELECT count_value = 2 FROM Counter"],
};

/** Puts the counter back, in the words of each database. */
export const put_back = {
  mysql: ["REPLACE INTO Counter VALUES (1, 0)"],
  postgres: ["DELETE FROM Counter", "INSERT INTO Counter VALUES (1, 0)"],
} as const;
