/**
 * `npm run interruptions -- --times 200 --seed 1`: runs on every backend, at local servers and at servers given by
 * URL, are interrupted in every way at any moment; then everything that is left is counted.
 */
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import Table from "cli-table3";
import { findLeftovers } from "../../backends/leftovers.ts";
import { seeded } from "../../matrix/load/random.ts";
import { type Server, type ServerKind, server_kinds } from "../../servers/server.ts";
import { startServer } from "../../servers/start.ts";
import { type Interruption, interrupt, type Outcome, subjects } from "./interrupt.ts";
import type { Left } from "./left.ts";
import { ways } from "./ways.ts";

const { values } = parseArgs({
  options: {
    times: { type: "string", default: "200" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
  },
});
const at_once = 3;
const longest_ms = 12_000;
/** One run in this many is interrupted before it has begun. */
const early_every = 10;
const command = resolve("dist/cli/main.js");

console.log(`seed ${values.seed}`);
const servers = new Map<ServerKind, Server>();
for (const kind of server_kinds) servers.set(kind, await startServer(kind, { from: "local" }));
const urls = Object.fromEntries([...servers].map(([kind, { url }]) => [kind, url]));

/** Every way on every backend, local and by URL, in turn; the moment is random. */
const random = seeded(Number(values.seed));
const planned: Interruption[] = Array.from({ length: Number(values.times) }, (_, n) => {
  const subject = subjects[n % subjects.length]!;
  const way = ways[Math.floor(n / subjects.length) % ways.length]!;
  const is_local = (n + Math.floor(n / (subjects.length * ways.length))) % 2 === 0;
  const after_ms = random() * early_every < 1 ? undefined : random() * longest_ms;
  return { on: subject, way, urls: is_local ? {} : urls, after_ms, command };
});

interface Row {
  readonly of: Interruption;
  readonly outcome: Outcome;
}
const rows: Row[] = [];
const waiting = [...planned];
await Promise.all(
  Array.from({ length: at_once }, async () => {
    for (let of = waiting.shift(); of !== undefined; of = waiting.shift()) {
      const outcome = await interrupt(of);
      rows.push({ of, outcome });
      const { on, way, after_ms } = of;
      const where = Object.keys(of.urls).length === 0 ? "local" : "URL";
      const name = `${on.backend} ${where}, ${way.name} ${after_ms === undefined ? "at once" : `after ${Math.round(after_ms)} ms`}`;
      const bad = isBad(outcome) ? `  ${JSON.stringify(outcome)}` : "";
      console.log(`${rows.length} of ${planned.length}: ${name}${bad}`);
    }
  }),
);
/** Also what a server has only made after the run that asked for it had been cleaned up after. */
const late: string[] = [];
for (const { url } of servers.values()) {
  await using found = await findLeftovers({ url });
  late.push(...found.leftovers.map(({ what }) => what));
}
for (const server of servers.values()) await server[Symbol.asyncDispose]();

function isBad({ left_at_last, wrong }: Outcome): boolean {
  return wrong.length > 0 || Object.values(left_at_last).some((count) => count > 0);
}

const sum = (of: readonly Row[], count: (outcome: Outcome) => number): number =>
  of.reduce((total, { outcome }) => total + count(outcome), 0);

const groups = (name: (of: Interruption) => string): [string, Row[]][] =>
  [...new Set(rows.map(({ of }) => name(of)))]
    .toSorted()
    .map((group) => [group, rows.filter(({ of }) => name(of) === group)]);

const head = ["", "runs", "processes", "folders", "shared memory", "at servers", "after clean"];
const style = { head: [], border: [], compact: true };
const table = new Table({ style, head: [...head, "histories judged", "wrong"] });
const line = (name: string, of: readonly Row[]): void => {
  const left = (key: keyof Left): number => sum(of, (outcome) => outcome.left[key]);
  table.push([
    name,
    of.length,
    left("processes"),
    left("folders"),
    left("segments"),
    left("things"),
    sum(of, ({ left_at_last }) => left_at_last.things),
    sum(of, ({ judged }) => judged),
    sum(of, ({ wrong }) => wrong.length),
  ]);
};
for (const [name, of] of groups(({ way }) => way.name)) line(name, of);
for (const [name, of] of groups(
  ({ on, urls }) => `${on.backend}, ${Object.keys(urls).length > 0 ? "URL" : "local"}`,
))
  line(name, of);
line("all", rows);
console.log(table.toString());
console.log(`at the servers at the end: ${late.join(", ") || "nothing"}`);
process.exitCode = late.length > 0 || rows.some(({ outcome }) => isBad(outcome)) ? 1 : 0;
