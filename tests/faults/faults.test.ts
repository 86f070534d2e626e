/** Real servers, killed, held, cut off and restarted under load. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { CannotConnect } from "../../backends/cannot-connect.ts";
import { readHistory } from "../../histories/read-history.ts";
import { type BackendEntry, backends } from "../../matrix/backends.ts";
import { type FaultKind, fault_kinds, type Victim, victimOf } from "../../matrix/faults/victim.ts";
import { openBackend } from "../../matrix/open-backend.ts";
import type { CellResult } from "../../matrix/result.ts";
import type { Settings } from "../../servers/local/recipe.ts";
import { startLocal } from "../../servers/local.ts";
import type { ServerKind } from "../../servers/server.ts";
import { ServerUnavailable } from "../../servers/unavailable.ts";
import { counter } from "../../suites/counter/index.ts";
import { counting } from "../../suites/counter/workload.ts";

const seed = Date.now() % 1e6;
const out = mkdtempSync(join(tmpdir(), "raceproof-faults-"));
afterAll(() => rmSync(out, { recursive: true }));

const victim = async (kind: ServerKind, settings: Settings = "durable"): Promise<Victim> =>
  victimOf(await startLocal(kind, { settings, progress() {} }));

const entry = (kind: string): BackendEntry => backends.find(({ name }) => name === kind)!;

interface Faults {
  readonly kinds: readonly FaultKind[];
  readonly times: number;
  readonly settings?: Settings;
}

/** Runs these strategies at the server's own level, one after the other, on one server. */
async function disturb(
  kind: ServerKind,
  strategies: readonly string[],
  { kinds, times, settings = "durable" }: Faults,
): Promise<CellResult[]> {
  await using server = await victim(kind, settings);
  const backend = entry(kind);
  await using open = await openBackend(backend, { [kind]: server }, [counter]);
  const disturbance = { kinds, times, victims: [server], settings };
  const size = { clients: 5, operations: 20, schedules: 0, fault_schedules: 0, seed };
  const results: CellResult[] = [];
  for (const cell of open.cells)
    if (strategies.includes(cell.strategy) && cell.isolation === backend.usual_level)
      results.push(await cell.run({ ...size, out: mkdtempSync(join(out, kind)), disturbance }));
  return results;
}

const total = (results: readonly CellResult[], fault: FaultKind): number =>
  results.reduce((sum, { load }) => sum + (load?.faults?.[fault] ?? 0), 0);

describe.concurrent(`what was acknowledged outlives faults (seed ${seed})`, () => {
  test.for([
    ["postgres", 1],
    ["mysql", 1],
    ["redis", 2],
  ] as const)("%s, at least 5 kills", async ([kind, times]) => {
    const results = await disturb(kind, counting.usual, { kinds: ["kill"], times });
    expect(results.length).toBeGreaterThan(3);
    for (const { strategy, conclusion, remarks, load } of results) {
      expect([strategy, conclusion, remarks]).toEqual([strategy, "as declared", []]);
      expect([strategy, load!.figures]).toEqual([strategy, { lost: 0, twice: 0 }]);
      expect(load!.acknowledged).toBeGreaterThan(0);
    }
    expect(total(results, "kill")).toBeGreaterThanOrEqual(5);
  });

  test.for([
    ["postgres", "in-place"],
    ["mysql", "in-place"],
    ["redis", "incr"],
    ["dynamodb", "add"],
  ] as const)("%s: every kind of fault, each told in the history", async ([kind, strategy]) => {
    const [result] = await disturb(kind, [strategy], { kinds: fault_kinds, times: 1 });
    const { conclusion, remarks, load } = result!;
    expect([conclusion, remarks]).toEqual(["as declared", []]);
    expect(load!.faults).toEqual({ kill: 1, pause: 1, cut: 1, restart: 1 });
    expect(nemesisIn(load!.history)).toEqual(
      fault_kinds.toSorted().flatMap((fault) => [`ok ${fault}`]),
    );
    const { operations } = await readHistory(load!.history);
    // Every operation of unknown outcome has an error.
    expect(operations.filter(({ status, error }) => status === "info" && !error)).toEqual([]);
  });
});

describe.concurrent(`what forgetful servers lose is found (seed ${seed})`, () => {
  test.for(["postgres", "mysql", "redis"] as const)("%s with fast settings", async (kind) => {
    const faults = { kinds: ["kill"], times: 3, settings: "fast" } as const;
    const [result] = await disturb(kind, counting.forgettable, faults);
    const { conclusion, declared, server, load } = result!;
    expect(load!.figures["lost"]).toBeGreaterThan(0);
    expect([conclusion, declared.shows]).toEqual(["as declared", ["lost update"]]);
    expect(server).toMatch(/not durable/);
    expect(load!.verdict).toMatchObject({ verdict: "invalid" });
  });
});

test("a server that does not come back ends the run with its last words", async () => {
  const server = await startLocal("redis", { settings: "durable", progress() {} });
  const { port } = new URL(server.url);
  const squatter = createServer();
  const kill = async (): Promise<void> => {
    await server.kill();
    await new Promise<void>((resolve) => squatter.listen(Number(port), "127.0.0.1", resolve));
  };
  await using broken = await victimOf({ ...server, url: server.url, kill });
  const open = await openBackend(entry("redis"), { redis: broken }, [counter]);
  const cell = open.cells.find(({ strategy }) => strategy === "incr")!;
  const disturbance = {
    kinds: ["kill"],
    times: 1,
    victims: [broken],
    settings: "durable",
  } as const;
  const size = { clients: 5, operations: 20, schedules: 0, fault_schedules: 0, seed };
  const running = cell.run({ ...size, out, disturbance });
  const error = await running.then(
    () => expect.unreachable("it came back"),
    (error: unknown) => error,
  );
  squatter.close();
  expect(error).toBeInstanceOf(ServerUnavailable);
  expect(String(error)).toMatch(/ended at its start: .*[Aa]ddress already in use/);
  // What is left there cannot be removed, and that is said, too.
  await expect(open[Symbol.asyncDispose]()).rejects.toThrow(CannotConnect);
});

/** What became of each fault, in the order of the alphabet. */
function nemesisIn(path: string): string[] {
  const lines = readFileSync(path, "utf8").split("\n").slice(1).filter(Boolean);
  const events = lines.map(
    (line) => JSON.parse(line) as { process: unknown; type: string; f: string },
  );
  const own = events.filter(({ process }) => process === "nemesis");
  const names = own.flatMap(({ type, f }, i) =>
    type === "invoke" ? [{ f, end: own[i + 1]?.type ?? "no end" }] : [],
  );
  return names.toSorted((a, b) => a.f.localeCompare(b.f)).map(({ f, end }) => `${end} ${f}`);
}
