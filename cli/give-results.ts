/** The end of a run: its results are written, drawn, and given in the forms that were asked for. */
import { annotations, jobSummary } from "../reports/github.ts";
import { junit } from "../reports/junit.ts";
import { type Results, summary } from "../reports/summary.ts";
import { told } from "../reports/told.ts";
import { type ReporterName, type Reports, report } from "./reporters.ts";
import { drawPage, writeResults } from "./results.ts";

/** @throws BadUsage when they cannot be written: on a full disk, say. They are given all the same. */
export async function giveResults(
  results: Results,
  out: string,
  reporters: ReadonlySet<ReporterName>,
): Promise<void> {
  let page = "";
  let trouble: { readonly error: unknown } | undefined;
  try {
    await writeResults(out, results);
    page = await drawPage(out, results);
  } catch (error) {
    trouble = { error };
  }
  await report(reporters, reportsOf(results, page), out);
  if (trouble) throw trouble.error;
}

/** @param page the sentence that says where the page is */
export const reportsOf = (results: Results, page: string): Reports => ({
  text: (shown) => `${summary(results, shown)}\n${page}`,
  data: () => told(results),
  junit: () => junit(results),
  annotations: () => annotations(results),
  jobSummary: () => jobSummary(results),
});
