/** A few of the interruptions of `npm run interruptions`: nothing is left, and nothing false is said. */
import { inject, test } from "vitest";
import { command } from "../../command.test-support.ts";
import { interrupt, subjects } from "./interrupt.ts";
import { nothing } from "./left.ts";
import { ways } from "./ways.ts";

const servers = inject("servers");

test.concurrent.for([
  ["postgres", "local", "INT, KILL", 2_500],
  ["mariadb", "URL", "KILL", 3_000],
  ["redis", "local", "KILL of npm", 3_500],
  ["postgres+zookeeper", "URL", "INT", 3_500],
  ["dynamodb", "URL", "terminal closed", 3_000],
] as const)("%s %s: %s after %i ms", async ([backend, where, name, after_ms], { expect }) => {
  const on = subjects.find((subject) => subject.backend === backend)!;
  const way = ways.find((way) => way.name === name)!;
  const urls =
    where === "local" ? {} : Object.fromEntries(on.kinds.map((kind) => [kind, servers[kind].url]));
  const outcome = await interrupt({ on, way, urls, after_ms, command });
  expect(outcome).toMatchObject({ left_at_last: nothing, wrong: [] });
});
