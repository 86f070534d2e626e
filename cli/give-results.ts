/** The end of a run: its results are written, drawn, and printed. */
import { paintFor } from "../reports/paint.ts";
import { type Results, type SummaryOptions, summary } from "../reports/summary.ts";
import { told } from "../reports/told.ts";
import { type ReporterName, report } from "./reporters.ts";
import { drawPage, writeResults } from "./results.ts";

export interface Given {
  readonly out: string;
  readonly json?: true;
  readonly verbose?: true;
}

/** @throws BadUsage when they cannot be written: on a full disk, say. They are printed all the same. */
export async function giveResults(
  results: Results,
  flags: Given,
  reporters: readonly ReporterName[],
): Promise<void> {
  let page = "";
  let trouble: { readonly error: unknown } | undefined;
  try {
    await writeResults(flags.out, results);
    page = await drawPage(flags.out, results);
  } catch (error) {
    trouble = { error };
  }
  if (flags.json) console.log(JSON.stringify(told(results), null, 2));
  else console.log(`${summary(results, shownOn(process.stdout, flags))}\n${page}`);
  await report(reporters, results, flags.out);
  if (trouble) throw trouble.error;
}

/** The width in columns when nobody says it: hardly any terminal is narrower. */
const width_default = 80;

const shownOn = (stream: NodeJS.WriteStream, { verbose }: Given): SummaryOptions => ({
  width: stream.columns || Number(process.env["COLUMNS"]) || width_default,
  verbose: verbose === true,
  paint: paintFor(stream),
});
