/**
 * Runs cells that a queue hands out, one after the other, or a few side by side. Each place has connections and
 * databases of its own, so that cells never meet; the servers are shared. A cell whose servers suffer faults has
 * servers of its own.
 */
import type { CellName } from "../campaign/cell-name.ts";
import { cellText } from "../campaign/cell-name.ts";
import type { CellSize } from "../campaign/queue/document.ts";
import { type CellRun, LacksServer, type Measured } from "../campaign/queue/hands.ts";
import type { JobData } from "../campaign/queue/job.ts";
import { type BackendEntry, backends } from "../matrix/backends.ts";
import type { Cell } from "../matrix/cell.ts";
import type { SearchPart } from "../matrix/explore-cell.ts";
import { disturbanceOf } from "../matrix/faults/disturbance.ts";
import { type OpenBackend, openBackend } from "../matrix/open-backend.ts";
import type { StatusLine } from "../reports/status-line.ts";
import type { Server, ServerKind } from "../servers/server.ts";
import { suites } from "../suites/suites.ts";
import { judgeInThread } from "./judge-in-thread.ts";
import { installIt, missingPackage } from "./missing-package.ts";
import { type StartedServers, startServers } from "./start-servers.ts";
import { whyNot } from "./why-not.ts";

export interface Surroundings {
  readonly sources: ReadonlyMap<ServerKind, string>;
  readonly status: StatusLine;
  /** Ends everything. */
  readonly signal: AbortSignal;
}

/** Where one cell at a time is run. */
interface Place {
  readonly open: Map<string, OpenBackend>;
}

export class CellRunner implements AsyncDisposable {
  readonly #around: Surroundings;
  readonly #servers = new Map<ServerKind, StartedServers>();
  readonly #free: Place[] = [];
  readonly #places: Place[] = [];

  constructor(around: Surroundings) {
    this.#around = around;
  }

  /** @throws Error with a sentence for people when the cell could not be run */
  async run(data: JobData, more: CellRun): Promise<Measured> {
    const entry = backends.find(({ name }) => name === data.cell.backend);
    if (entry === undefined)
      throw new LacksServer(`This version of raceproof has no backend ${data.cell.backend}.`);
    return data.faults === undefined
      ? this.#inPlace(entry, data, more)
      : this.#withFaults(entry, data, more);
  }

  async #inPlace(entry: BackendEntry, data: JobData, more: CellRun): Promise<Measured> {
    const place = this.#free.pop() ?? this.#newPlace();
    try {
      const open = place.open.get(entry.name) ?? (await this.#connect(entry, place));
      return await this.#measure(cellIn(open, data.cell), data, more);
    } catch (error) {
      // Whatever it was, the next cell gets new connections.
      await Promise.allSettled([place.open.get(entry.name)?.[Symbol.asyncDispose]()]);
      place.open.delete(entry.name);
      throw error instanceof LacksServer ? error : await this.#explained(error, entry);
    } finally {
      this.#free.push(place);
    }
  }

  #newPlace(): Place {
    const place: Place = { open: new Map() };
    this.#places.push(place);
    return place;
  }

  async #connect(entry: BackendEntry, place: Place): Promise<OpenBackend> {
    try {
      const servers: Partial<Record<ServerKind, Server>> = {};
      for (const kind of entry.servers) servers[kind] = await this.#server(kind);
      const open = await openBackend(entry, servers, suites);
      place.open.set(entry.name, open);
      return open;
    } catch (error) {
      throw await this.#lacking(error, entry);
    }
  }

  async #lacking(error: unknown, entry: BackendEntry): Promise<LacksServer> {
    const missing = missingPackage(error);
    const reason = missing ? installIt(missing) : (await this.#explained(error, entry)).message;
    return new LacksServer(reason, { cause: error });
  }

  #server(kind: ServerKind): Promise<Server> {
    const { sources, status, signal } = this.#around;
    const started = this.#servers.get(kind) ?? startServers([kind], sources, status, signal);
    this.#servers.set(kind, started);
    return started.ready.get(kind)!;
  }

  async #withFaults(entry: BackendEntry, data: JobData, more: CellRun): Promise<Measured> {
    const { sources, status } = this.#around;
    const settings = data.cell.settings ?? "durable";
    await using started = startServers(entry.servers, sources, status, more.signal, settings);
    const servers: Partial<Record<ServerKind, Server>> = {};
    try {
      for (const kind of entry.servers) servers[kind] = await started.ready.get(kind)!;
    } catch (error) {
      throw await this.#lacking(error, entry);
    }
    const disturbance = disturbanceOf(Object.values(servers), { ...data.faults!, settings });
    await using open = await openBackend(entry, servers, suites);
    return await this.#measure(cellIn(open, data.cell), data, more, { disturbance });
  }

  #measure(
    cell: Cell,
    { size, part }: JobData,
    more: CellRun,
    faults: { disturbance?: ReturnType<typeof disturbanceOf> } = {},
  ): Promise<Measured> {
    const { status } = this.#around;
    if (part) return explored(cell, part, size, more);
    return cell.run({
      ...size,
      ...faults,
      ...more,
      judge: (...history) => judgeInThread(status, cell.strategy, history),
    });
  }

  /** The reason in a sentence. A server that has ended, or could not be started, is started anew for the next cell. */
  async #explained(error: unknown, entry: BackendEntry): Promise<Error> {
    const servers: Server[] = [];
    for (const kind of entry.servers) {
      const server = await this.#servers
        .get(kind)
        ?.ready.get(kind)!
        .catch(() => undefined);
      if (server) servers.push(server);
      if (server === undefined || (await server.ending?.(0)) !== undefined) {
        await this.#servers.get(kind)?.[Symbol.asyncDispose]();
        this.#servers.delete(kind);
      }
    }
    return new Error(await whyNot(error, entry.name, servers, this.#around.status), {
      cause: error,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const open = this.#places.flatMap((place) => [...place.open.values()]);
    await Promise.allSettled(open.map((one) => one[Symbol.asyncDispose]()));
    await Promise.all([...this.#servers.values()].map((one) => one[Symbol.asyncDispose]()));
  }
}

/** A part of a search. */
async function explored(
  cell: Cell,
  part: SearchPart,
  { seed, job_schedules }: CellSize,
  { signal, progress }: CellRun,
): Promise<Measured> {
  const began = performance.now();
  const of = part.search === "three" ? part.schedules : job_schedules;
  const explored = await cell.explorePart(part, {
    ...{ seed, job_schedules, signal },
    progress: (schedules) => progress(schedules, of),
  });
  return { server: cell.server, explored, elapsed_s: (performance.now() - began) / 1_000 };
}

/** @throws Error when this version, or this server, has no such cell */
function cellIn({ cells }: OpenBackend, name: CellName): Cell {
  const cell = cells.find(
    (cell) =>
      cell.workload === name.workload &&
      cell.strategy === name.strategy &&
      cell.isolation === name.isolation,
  );
  if (cell === undefined) throw new Error(`This worker has no ${cellText(name)}.`);
  return cell;
}
