/** The operations of a load as bars, read from the columns in which the page stores them. */
import type { LoadDrawing } from "../page-data.ts";
import { rounded } from "./chart.ts";

export interface Bar {
  readonly number: number;
  readonly lane: number;
  readonly from_ms: number;
  readonly to_ms: number;
  readonly status: string;
  readonly asked: string;
  readonly answered: string;
  readonly wrong: boolean;
  /** Its place in the linearization, from 1. */
  readonly nth: number | undefined;
}

export function barsOf({ operations: columns, elapsed_ms, order = [] }: LoadDrawing): Bar[] {
  const { lane, after_us, took_us, status, asked, answered, texts, wrong } = columns;
  const is_wrong = new Set(wrong);
  const places = new Map(order.map((number, i) => [number, i + 1]));
  let begin_us = 0;
  return lane.map((lane, i) => {
    begin_us += after_us[i]!;
    const from_ms = begin_us / 1000;
    const took = took_us[i]!;
    return {
      number: i,
      lane,
      from_ms,
      to_ms: took < 0 ? elapsed_ms : from_ms + took / 1000,
      status: status[i]!,
      asked: texts[asked[i]!] ?? "",
      answered: texts[answered[i]!] ?? "",
      wrong: is_wrong.has(i),
      nth: places.get(i),
    };
  });
}

const statuses: Readonly<Record<string, string>> = {
  o: "ok",
  f: "failed cleanly",
  i: "nobody knows",
};

/** The text for the operation under the pointer. */
export function textOf(bar: Bar, lanes: readonly string[]): string {
  const took = `${rounded(bar.to_ms - bar.from_ms)} ms`;
  const place = bar.nth === undefined ? "" : `; number ${bar.nth} in the order`;
  const more = bar.wrong ? "; breaks the model" : place;
  return `${lanes[bar.lane] ?? ""}: ${bar.asked} → ${bar.answered} (${statuses[bar.status] ?? ""}, ${took})${more}`;
}
