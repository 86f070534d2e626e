import { expect, test } from "vitest";
import { BadUsage } from "./bad-usage.ts";
import { type RacerFlags, readRacers } from "./race-app.ts";

const no_flags: RacerFlags = { request: [] };
const node = { ...no_flags, app: "node server.js" };

test("each request has a client of its own; a single one has two", () => {
  const two = readRacers({ ...node, request: ["GET /a", "GET /b", "GET /c"] }, []);
  expect([two.clients, two.app?.command]).toEqual([3, "node server.js"]);
  expect(readRacers({ ...node, request: ["GET /"] }, []).clients).toBe(2);
  expect(readRacers({ ...node, request: ["GET /"], clients: "4" }, []).clients).toBe(4);
  expect(readRacers({ ...node, request: ["GET /"], instances: "2" }, []).clients).toBe(2);
  expect(readRacers(no_flags, ["true"])).toEqual({ argv: ["true"], app: undefined, clients: 2 });
});

test.each<[string, Partial<RacerFlags>, string[], string]>([
  ["no command", { app: undefined as never }, [], "needs the command of a client behind --"],
  [
    "an app and a command",
    { request: ["GET /"] },
    ["true"],
    "race takes --app or a command behind --, not both.",
  ],
  ["an app without a request", {}, [], "--app needs --request, as in: --request 'POST"],
  ["a request without an app", { app: undefined as never, request: ["GET /"] }, [], "needs --app"],
  [
    "a request that cannot be read",
    { request: ["withdraw 30"] },
    [],
    '--request "withdraw 30": a request begins with its method and its path',
  ],
  [
    "more clients than requests",
    { request: ["GET /a", "GET /b"], clients: "3" },
    [],
    "there are 2 requests, each with a client of its own, and --clients is 3.",
  ],
  [
    "one instance for several requests",
    { request: ["GET /"], instances: "1" },
    [],
    "--instances 1: requests that one instance serves at once cannot be told apart",
  ],
])("%s is one sentence", (_, flags, argv, sentence) => {
  const read = () => readRacers({ ...node, ...flags }, argv);
  expect(read).toThrow(BadUsage);
  expect(read).toThrow(sentence);
});
