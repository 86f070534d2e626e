/** Apps that stay alive: each client is an instance behind a door of its own, each operation a request. */
import { describe, expect, test } from "vitest";
import type { RaceResult } from "../../race/options.ts";
import { readRequest } from "../../race/requests.ts";
import { commandOf } from "./languages.ts";
import { raceOn, type Wish } from "./race.test-support.ts";

const python = commandOf({
  name: "python",
  commands: ["/usr/bin/python3", "python3"],
  probe: ["-c", "import psycopg2"],
});

const thirty = `POST /withdraw {"id": "alice", "amount": 30}`;
const account: Partial<Wish> = {
  schema: ["CREATE TABLE account (id text PRIMARY KEY, balance integer NOT NULL)"],
  setup: ["DELETE FROM account", "INSERT INTO account VALUES ('alice', 100)"],
};
const check = ["SELECT balance = 40 FROM account"];

const raceApp = (
  command: string,
  requests: readonly string[],
  more: Partial<Wish> = {},
): Promise<RaceResult> =>
  raceOn({
    ...account,
    kind: "postgres",
    argv: [],
    app: { command, requests: requests.map(readRequest) },
    clients: Math.max(2, requests.length),
    ...more,
  });

const node_app = `${process.execPath} examples/apps/server.js`;
const apps = [
  ["Node", node_app],
  ...(python === undefined ? [] : [["Python", `${python} examples/apps/server.py`] as const]),
] as const;

describe.each(apps)("an app in %s", (_, command) => {
  test("loses an update", async () => {
    const { kind, text, token } = await raceApp(`${command} racy`, [thirty], {
      check,
      repairs: true,
    });
    expect(text).toMatch(/failed check on PostgreSQL [\s\S]*client 1 and client 2 both read .*100/);
    expect(text).toContain("client 1 was sent POST /withdraw, client 2 was sent POST /withdraw");
    expect([kind, token !== undefined]).toEqual(["race", true]);
    // The app answers 500 where the server has refused its transaction: then it is asked again.
    expect(text).toMatch(/\nFOR UPDATE on account +│ yes, proof: [^]*│ none/);
    expect(text).toMatch(/\nREPEATABLE READ +│ yes, proof: [^]*│ 40001/);
  });

  test("under a lock it does not: a proof", async () => {
    const { text, exploration } = await raceApp(`${command} repaired`, [thirty], { check });
    expect(exploration?.proof, text).toBe(true);
    expect(exploration?.waited).toBeGreaterThan(0);
  });
});

test("without a check, answers are compared with those of the serial orders", async () => {
  const { kind, text } = await raceApp(`${node_app} racy`, [thirty]);
  expect(text).toMatch(/unlike any serial order on/);
  expect(text).toMatch(/client \d answered \(status 200, body \{"balance":70\}\), there/);
  expect(kind).toBe("race");
});

test("a request that is refused may be absent: a proof", async () => {
  const { text, exploration } = await raceApp(`${node_app} repaired`, [
    thirty.replace("30", "70"),
    thirty.replace("30", "80"),
  ]);
  expect(text).toContain("client 2 was sent POST /withdraw");
  expect(exploration?.proof, text).toBe(true);
});
