/**
 * What a schedule of two requests to a running app costs: with everything that belongs to it (set-up, requests, check),
 * beside the same set-up, requests and check without doors, one request after the other, in turns with it.
 */
import { RaceDatabases } from "../race/database.ts";
import { send } from "../race/http.ts";
import { Instance } from "../race/instance.ts";
import { Processes } from "../race/processes.ts";
import { readRequest } from "../race/requests.ts";
import { Scene } from "../race/scene.ts";
import { Speakers } from "../race/speakers.ts";
import { newLane } from "../schedules/run/new-lane.ts";
import { startServer } from "../servers/start.ts";
import { besideBare } from "./beside-bare.ts";
import { median } from "./calm.ts";
import { raceOptions } from "./race-options.ts";

const rounds = 20;
const schedules = 40;
const cost_max_ms = 10;

const schema = "CREATE TABLE account (id text PRIMARY KEY, balance integer NOT NULL)";
const setup = ["DELETE FROM account", "INSERT INTO account VALUES ('alice', 100)"];
const check = "SELECT balance < 100 FROM account";
const request = readRequest('POST /withdraw {"id": "alice", "amount": 30}');

export default async function app(): Promise<void> {
  await using server = await startServer("postgres");
  await measure("without lock waits", "racy", server);
  await measure("with lock waits", "repaired", server);
}

async function measure(what: string, how: string, server: { readonly url: string }): Promise<void> {
  const { signal } = new AbortController();
  await using databases = new RaceDatabases();
  await databases.add("postgres", server, [schema]);
  const command = `${process.execPath} examples/apps/server.js ${how}`;
  await using scene = await Scene.open(
    raceOptions(databases, signal, {
      app: { command, requests: [request] },
      setup: setup.map((text) => ({ kind: "postgres", text })),
      check: [{ kind: "postgres", text: check }],
    }),
  );
  await using lane = newLane(scene.exploration);
  const [{ backend }] = databases.all as [(typeof databases.all)[number]];
  const places = [{ kind: "postgres" as const, address: backend.door.address() }];
  await using processes = await Processes.open(signal);
  const direct = await Instance.start(places, {
    command,
    templates: [],
    processes,
  });
  await using speakers = new Speakers(places);
  const bare = async (): Promise<unknown> => {
    const db = await speakers.to("postgres");
    for (const text of setup) await db.say(text);
    for (let client = 1; client <= 2; client++) await send(request, direct);
    return db.ask(check);
  };

  const { results, note } = await besideBare(lane, bare, { rounds, schedules });
  const ms = (of: (one: (typeof results)[number]) => number): number => median(results.map(of));
  const cost_ms = ms(({ scheduled_ms, bare_ms }) => scheduled_ms - bare_ms);
  const ratio = ms(({ scheduled_ms, bare_ms }) => scheduled_ms / bare_ms);
  console.log(
    `  ${what}: a schedule takes ${ms(({ scheduled_ms }) => scheduled_ms).toFixed(1)} ms, ${cost_ms.toFixed(1)} ms (at most ${cost_max_ms}) or ${ratio.toFixed(1)} times more than the requests alone, in the median of ${note}`,
  );
}
