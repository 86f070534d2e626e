import { expect, test } from "vitest";
import { mustFitQueue } from "./queue-flags.ts";

const queue = "redis://queue.example";
const rest = { out: "out", reporter: [] };

test.each([
  [{ name: "a" }, ["--queue", "--name", "--seed", "--job-schedules"]],
  [{ attach: "a" }, ["--queue", "--attach", "--out", "--reporter", "--json"]],
  [{ attach: "a", purge: true as const }, ["--queue", "--attach", "--purge"]],
])("%j goes with a queue", (flags, given) => {
  expect(() => mustFitQueue({ queue, ...rest, ...flags }, given)).not.toThrow();
});

test.each([
  [{}, ["--queue"], "--queue needs a name for the campaign: --name nightly, for example."],
  [
    { name: "a b" },
    ["--name"],
    `A campaign's name has letters, digits, ".", "_" and "-"; not "a b".`,
  ],
  [{ name: "a" }, ["--shard"], "--shard does not go with --queue."],
  [{ name: "a" }, ["--times"], "--times does not go with --queue."],
  [
    { name: "a" },
    ["--server"],
    "With --queue the workers have the servers: give --server to raceproof work.",
  ],
  [
    { name: "a", purge: true as const },
    ["--purge"],
    "--purge removes a campaign that is there: name it with --attach.",
  ],
  [
    { attach: "a" },
    ["--queue", "--attach", "--seed"],
    "--seed does not go with --attach: what campaign a runs was said when it was made.",
  ],
  [
    { attach: "a", name: "b" },
    ["--name"],
    "--name does not go with --attach: what campaign a runs was said when it was made.",
  ],
])("%j with %j is refused", (flags, given, sentence) => {
  expect(() => mustFitQueue({ queue, ...rest, ...flags }, given)).toThrow(sentence);
});

test("without a queue, its flags are refused", () => {
  for (const flag of ["--name", "--attach", "--purge", "--job-schedules"])
    expect(() => mustFitQueue(rest, ["--seed", flag])).toThrow(
      `${flag} needs --queue redis://host.`,
    );
});
