/**
 * What a schedule of two compiled processes takes: the Go counter on MySQL, with its set-up, two processes from start to
 * end, and the check. Needs Debian's `golang-go` and `golang-github-go-sql-driver-mysql-dev`.
 */
import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { RaceDatabases } from "../race/database.ts";
import { Scene } from "../race/scene.ts";
import { Speakers } from "../race/speakers.ts";
import { newLane } from "../schedules/run/new-lane.ts";
import { startServer } from "../servers/start.ts";
import { besideBare } from "./beside-bare.ts";
import { median } from "./calm.ts";
import { raceOptions } from "./race-options.ts";

const rounds = 10;
const schedules = 10;
const longest_ms = 25;

const schema = "CREATE TABLE Counter (id INT PRIMARY KEY, count_value INT NOT NULL)";
const setup = "REPLACE INTO Counter VALUES (1, 0)";
const check = "SELECT count_value > 0 FROM Counter";

export default async function go(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "raceproof-go-"));
  try {
    const program = join(folder, "counter");
    const env = { ...process.env, GO111MODULE: "off", GOPATH: "/usr/share/gocode" };
    execFileSync("go", ["build", "-o", program, "./examples/any-language/go/counter"], { env });
    await using server = await startServer("mysql");
    await measure("without lock waits", [program, "read-write"], server);
    await measure("with lock waits", [program, "pessimistic"], server);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function measure(
  what: string,
  argv: readonly string[],
  server: { readonly url: string },
): Promise<void> {
  await using databases = new RaceDatabases();
  await databases.add("mysql", server, [schema]);
  await using scene = await Scene.open(
    raceOptions(databases, new AbortController().signal, {
      argv,
      setup: [{ kind: "mysql", text: setup }],
      check: [{ kind: "mysql", text: check }],
    }),
  );
  await using lane = newLane(scene.exploration);
  const [{ backend }] = databases.all as [(typeof databases.all)[number]];
  const { environment } = backend.door.address();
  await using speakers = new Speakers([{ kind: "mysql", address: backend.door.address() }]);
  const bare = async (): Promise<unknown> => {
    const db = await speakers.to("mysql");
    await db.say(setup);
    for (let client = 1; client <= 2; client++)
      await promisify(execFile)(argv[0]!, argv.slice(1), {
        env: { ...process.env, ...environment },
      });
    return db.ask(check);
  };
  const { results, note } = await besideBare(lane, bare, { rounds, schedules });
  const scheduled_ms = median(results.map((one) => one.scheduled_ms)).toFixed(1);
  const ratio = median(results.map(({ scheduled_ms, bare_ms }) => scheduled_ms / bare_ms));
  console.log(
    `  ${what}: a schedule of two Go processes takes ${scheduled_ms} ms (at most ${longest_ms}), ${ratio.toFixed(1)} times as long as both without doors, one after the other, in the median of ${note}`,
  );
}
