/** Draws a load from its history: throughput and latency in slices of time, and a bar for each operation. */
import { readFile, stat } from "node:fs/promises";
import type { History, Operation } from "../../histories/event.ts";
import { plainDataText } from "../../histories/plain-data.ts";
import { readHistory } from "../../histories/read-history.ts";
import { shortened } from "../../histories/shortened.ts";
import type { LoadResult } from "../../matrix/result.ts";
import { linearizationOf } from "./linearization.ts";
import type { LoadDrawing, LoadOperations } from "./page-data.ts";

/** Reading a longer history would take too long for a drawing. */
const history_bytes_max = 64_000_000;
const slices_most = 60;
/** How many operations a slice has on average: with fewer, the lines would jump up and down. */
const operations_of_a_slice = 6;
const text_length_max = 40;
const ns_per_us = 1000;
const ns_per_ms = 1e6;

/** Why a history is not drawn. */
export interface LeftOut {
  readonly left_out: string;
}

/**
 * @param path of the history
 * @param bars_max the most operations that are drawn
 */
export async function drawLoad(
  path: string,
  load: LoadResult,
  bars_max: number,
): Promise<LoadDrawing | LeftOut> {
  const size = await stat(path).then(
    ({ size }) => size,
    () => undefined,
  );
  if (size === undefined) return { left_out: "Its history is not there any more." };
  // One that is packed was long before.
  if (size > history_bytes_max || path.endsWith(".gz"))
    return { left_out: `Its history of ${Math.round(size / 1e6)} MB is too long to draw.` };
  const history = await readHistory(path);
  const { operations, header } = history;
  if (operations.length === 0) return { left_out: "Its history has no operations." };
  const zero_ns = operations[0]!.invoked_ns;
  const end_ns = endOf(operations);
  const elapsed_ms = Math.max(0.001, (end_ns - zero_ns) / ns_per_ms);
  return {
    elapsed_ms,
    ...sliced(operations, zero_ns, elapsed_ms),
    faults: load.faults === undefined ? [] : await faultsIn(path, zero_ns),
    total: operations.length,
    ...bars(operations.slice(0, bars_max), header?.clients, load),
    ...(load.verdict.verdict === "valid" ? await ordered(history, load, bars_max) : {}),
  };
}

/** The linearization, by the numbers of the bars; or why there is none. */
async function ordered(
  history: History,
  { judged_by, verdict }: LoadResult,
  bars_max: number,
): Promise<Pick<LoadDrawing, "order" | "no_order">> {
  const found = await linearizationOf(history, judged_by ?? [verdict.checker]);
  if ("no_order" in found) return found;
  const numbers = new Map(history.operations.slice(0, bars_max).map((one, bar) => [one, bar]));
  return { order: found.order.flatMap((one) => numbers.get(one) ?? []) };
}

/** The time of the last event. */
const endOf = (operations: readonly Operation[]): number =>
  operations.reduce((last, { invoked_ns, returned_ns }) => {
    return Math.max(last, invoked_ns, Number.isFinite(returned_ns) ? returned_ns : 0);
  }, 0);

function sliced(operations: readonly Operation[], zero_ns: number, elapsed_ms: number) {
  const slices = Math.ceil(
    Math.min(slices_most, Math.max(1, operations.length / operations_of_a_slice)),
  );
  const slice_ms = elapsed_ms / slices;
  const took: number[][] = Array.from({ length: slices }, () => []);
  for (const { invoked_ns, returned_ns, status } of operations) {
    if (status !== "ok" || !Number.isFinite(returned_ns)) continue;
    const at = Math.floor((returned_ns - zero_ns) / ns_per_ms / slice_ms);
    took[Math.min(slices - 1, Math.max(0, at))]!.push((returned_ns - invoked_ns) / ns_per_ms);
  }
  for (const one of took) one.sort((a, b) => a - b);
  const at = (one: readonly number[], share: number): number | null =>
    one.length === 0 ? null : rounded(one[Math.ceil(share * one.length) - 1]!);
  return {
    slice_ms,
    ended: took.map((one) => one.length),
    p50_ms: took.map((one) => at(one, 0.5)),
    max_ms: took.map((one) => at(one, 1)),
  };
}

const rounded = (ms: number): number => Math.round(ms * 1000) / 1000;

/** After an `info`, a client goes on under another process number: its bars stay in one row. */
function bars(
  operations: readonly Operation[],
  clients: number | undefined,
  { verdict }: LoadResult,
): { readonly lanes: readonly string[]; readonly operations: LoadOperations } {
  const texts = new Map<string, number>();
  const text = (words: string): number => {
    if (!texts.has(words)) texts.set(words, texts.size);
    return texts.get(words)!;
  };
  const lanes = new Map<string, number>();
  const laneOf = ({ process }: Operation): number => {
    const name =
      typeof process === "number" && clients
        ? `client ${(process % clients) + 1}`
        : String(process);
    if (!lanes.has(name)) lanes.set(name, lanes.size);
    return lanes.get(name)!;
  };
  const places = new Map(operations.map((one, place) => [one.invoked, place]));
  let before_ns = operations[0]?.invoked_ns ?? 0;
  const columns = operations.map((one) => {
    const after_us = Math.round((one.invoked_ns - before_ns) / ns_per_us);
    before_ns += after_us * ns_per_us;
    const has_end = Number.isFinite(one.returned_ns);
    return {
      lane: laneOf(one),
      after_us,
      took_us: has_end ? Math.round((one.returned_ns - one.invoked_ns) / ns_per_us) : -1,
      asked: text(said(one.f, one.input)),
      answered: text(answer(one)),
    };
  });
  const wrong = (verdict.evidence ?? []).flatMap(({ invoked }) => places.get(invoked) ?? []);
  return {
    lanes: [...lanes.keys()],
    operations: {
      lane: columns.map(({ lane }) => lane),
      after_us: columns.map(({ after_us }) => after_us),
      took_us: columns.map(({ took_us }) => took_us),
      status: operations.map(({ status }) => status[0]).join(""),
      asked: columns.map(({ asked }) => asked),
      answered: columns.map(({ answered }) => answered),
      texts: [...texts.keys()],
      wrong: wrong.length > 0 || verdict.verdict !== "invalid" ? wrong : sameAnswers(operations),
    },
  };
}

/**
 * For checkers that only count and do not name operations: operations that got the same answer as another one,
 * though each should have got its own.
 */
function sameAnswers(operations: readonly Operation[]): number[] {
  const by_answer = new Map<string, number[]>();
  for (const [place, { f, key, status, output }] of operations.entries()) {
    if (f === "read" || status !== "ok" || typeof output !== "number") continue;
    const name = `${f} ${key} ${output}`;
    by_answer.set(name, [...(by_answer.get(name) ?? []), place]);
  }
  return [...by_answer.values()].filter((places) => places.length > 1).flat();
}

const said = (f: string, input: unknown): string =>
  input === null || input === undefined
    ? f
    : shortened(`${f} ${plainDataText(input)}`, text_length_max);

function answer({ status, output, error }: Operation): string {
  if (status === "ok")
    return output === null || output === undefined
      ? "ok"
      : shortened(plainDataText(output), text_length_max);
  return shortened(error ?? "no answer", text_length_max);
}

/** What the nemesis did, with beginning and end. */
async function faultsIn(path: string, zero_ns: number): Promise<LoadDrawing["faults"]> {
  const lines = (await readFile(path, "utf8")).split("\n");
  const events = lines
    .filter((line) => line.includes('"process":"nemesis"'))
    .map((line) => JSON.parse(line) as { type: string; time_ns: number; f?: string });
  const at_ms = (ns: number): number => rounded((ns - zero_ns) / ns_per_ms);
  return events.flatMap(({ type, time_ns, f = "fault" }, i) =>
    type === "invoke"
      ? [{ kind: f, from_ms: at_ms(time_ns), to_ms: at_ms(events[i + 1]?.time_ns ?? time_ns) }]
      : [],
  );
}
