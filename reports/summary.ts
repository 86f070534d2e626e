import type { MadeBy, Part, Shard } from "../campaign/part.ts";
import type { CellResult } from "../matrix/result.ts";
import { brokenOff, brokenOffText } from "./broken-off.ts";
import { glance } from "./glance.ts";
import { matrix, short_level } from "./matrix.ts";
import { own_command } from "./own-command.ts";
import type { Paint } from "./paint.ts";
import { partsText } from "./parts.ts";
import { countsText, failureText } from "./report.ts";
import { survived } from "./survived.ts";
import { visible } from "./visible.ts";

/** A backend that did not run at all, or not to its end, or that left something behind; and why. */
export interface NotRun {
  readonly backend: string;
  readonly state: "not run" | "broken off" | "not cleaned up";
  readonly reason: string;
}

/** All that a run found out; also what `results.json` holds. */
export interface Results {
  readonly seed: number;
  readonly clients: number;
  /** Operations of each client of the load. */
  readonly operations: number;
  readonly elapsed_s: number;
  readonly interrupted: boolean;
  readonly cells: readonly CellResult[];
  readonly not_run: readonly NotRun[];
  /** Of an interrupted run: how many more cells were to be run. */
  readonly not_begun?: number;
  /** The versions that made it; absent in results of older versions, and where parts say it. */
  readonly made_by?: MadeBy;
  /** Which part of a run it is, if it is one. */
  readonly shard?: Shard;
  /** What it was put together from. */
  readonly parts?: readonly Part[];
}

const interrupted_text =
  "Interrupted: this is only what was done until then. The same command with --resume goes on.";

const unfinished_text =
  "Not all cells of the campaign are here: this is only what was done until now.";

export interface SummaryOptions {
  /** Of the terminal, in columns. */
  readonly width: number;
  /** With the wide table of everything that was measured. */
  readonly verbose: boolean;
  readonly paint: Paint;
}

/** The matrix at a glance, what differs from the promises and why, what did not run, and the count. */
export function summary(results: Results, { width, verbose, paint }: SummaryOptions): string {
  const { cells, not_run } = results;
  const parts: string[] = [];
  if (verbose && cells.length > 0) parts.push(matrix(cells, paint));
  if (cells.length > 0) parts.push(glance(cells, width, paint));
  const told = cells.filter((cell) => cell.remarks.length > 0 && !brokenOff(cell));
  const remarks = told.map((cell) => remark(cell, paint));
  if (remarks.length > 0) parts.push(remarks.join("\n"));
  parts.push(...interleavings(cells, Math.min(width, drawing_width_max)));
  for (const { backend, state, reason } of not_run)
    parts.push(`${paint.red(`${backend}: ${state}.`)} ${visible(reason)}`);
  if (results.interrupted) parts.push(results.parts ? unfinished_text : interrupted_text);
  parts.push(...survived(cells), ...stopped(cells), ...partsText(results));
  parts.push(counts(results));
  return parts.join("\n\n");
}

function remark(cell: CellResult, paint: Paint): string {
  const level = cell.isolation === null ? "" : ` ${short_level[cell.isolation]}`;
  const name = `${cell.backend} ${cell.workload} ${cell.strategy}${level}`;
  const colour = cell.conclusion === "different" ? paint.red : paint.yellow;
  return cell.remarks.map((sentence) => `${colour(name)}: ${visible(sentence)}`).join("\n");
}

/** At most this many failing interleavings are drawn: nobody reads more. */
const drawn_max = 3;
/** Wider drawings would be harder to read. */
const drawing_width_max = 120;

/** The smallest failing interleavings of the cells that differ; of all cells when only a few were run. */
function interleavings(cells: readonly CellResult[], width: number): string[] {
  const in_particular = cells.length <= drawn_max;
  const failing = cells.filter((cell) => cell.conclusion === "different" || in_particular);
  const texts = failing.flatMap((cell) => failingInterleaving(cell, width) ?? []);
  const left_out = texts.length - drawn_max;
  const more = left_out > 0 ? [`${left_out} more failing interleavings are in the results.`] : [];
  return [...texts.slice(0, drawn_max), ...more];
}

/** The first failure of a cell, drawn and explained; undefined when nothing failed. */
export function failingInterleaving(cell: CellResult, width?: number): string | undefined {
  const { explored, workload, strategy, server, isolation } = cell;
  const results = [explored?.two, explored?.three, explored?.reply_lost, explored?.lock_lost];
  const result = results.find((result) => result?.failure);
  if (result?.failure === undefined) return undefined;
  const { failure, seed } = result;
  const subject = {
    name: `${workload}.${strategy}`,
    backend: { name: cell.backend, server },
    isolation: isolation ?? undefined,
    replayCommand: (token: string) => `${own_command} replay ${token}`,
  };
  return failureText(subject, failure, countsText({ seed }, failure), width);
}

/** Loads that would have gone on. */
function stopped(cells: readonly CellResult[]): string[] {
  const full = cells.filter(({ load }) => load?.full).map(({ load }) => load!.history);
  return full.length === 0
    ? []
    : [`Stopped early, as no history grows beyond 2 GB: ${full.join(", ")}.`];
}

/** What was broken off counts apart: it is neither as declared nor found to have no verdict. */
function counts({ cells, not_begun = 0 }: Results): string {
  const whole = cells.filter((cell) => !brokenOff(cell));
  const broken_off = brokenOffText(cells);
  const of = (conclusion: CellResult["conclusion"]): number =>
    whole.filter((cell) => cell.conclusion === conclusion).length;
  return (
    `${cellsText(cells.length)}: ${of("as declared")} as declared, ` +
    `${of("different")} different, ${of("no verdict")} without a verdict` +
    `${broken_off === undefined ? "" : `, ${broken_off}`}.` +
    (not_begun === 0 ? "" : ` ${cellsText(not_begun)} more did not begin.`)
  );
}

const cellsText = (count: number): string => `${count} ${count === 1 ? "cell" : "cells"}`;
