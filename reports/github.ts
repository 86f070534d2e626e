/** What GitHub's workflows read: annotations on standard output, and a job's summary in Markdown. */
import type { Source } from "../histories/source.ts";
import type { CellResult } from "../matrix/result.ts";
import type { Trace } from "../schedules/trace.ts";
import { blamedIn } from "./blame.ts";
import { brokenOff, brokenOffText } from "./broken-off.ts";
import { groups } from "./groups.ts";
import { nameOf } from "./junit.ts";
import { partsText } from "./parts.ts";
import { signOf, wordOf } from "./sign.ts";
import { sign_order, sign_words, signs } from "./signs.ts";
import { relativePath } from "./step-place.ts";
import type { Results } from "./summary.ts";
import { visible } from "./visible.ts";

/** GitHub shows at most ten annotations of a kind per step. */
const annotations_max = 10;

/** One line for each cell that is not as declared, for each backend that did not run, and for all that was broken off. */
export function annotations({ cells, not_run }: Results): string[] {
  const open = cells.filter(isOpen);
  const of_cells = open.map((cell) => {
    const kind = cell.conclusion === "different" ? "error" : "warning";
    const title = `${cell.workload} ${nameOf(cell)} on ${cell.server}`;
    return command(kind, title, cell.remarks.join(" ") || cell.conclusion, lineOf(cell));
  });
  const of_servers = not_run.map(({ backend, state, reason }) =>
    command("error", `${backend}: ${state}`, reason),
  );
  const broken_off = brokenOffText(cells);
  const unfinished = broken_off === undefined ? [] : [command("warning", "raceproof", broken_off)];
  return [...unfinished, ...of_servers, ...of_cells].slice(0, annotations_max);
}

/** The Markdown for `$GITHUB_STEP_SUMMARY`. */
export function jobSummary(results: Results): string {
  const { cells, not_run } = results;
  const servers = groups(cells, ({ workload, server }) => `${workload} on ${server}`);
  const rows = servers.map(([name, of_server]) => {
    const counts = sign_order.map((sign) => of_server.filter((one) => signOf(one) === sign).length);
    return [name, ...counts.map((count) => (count === 0 ? "" : String(count)))];
  });
  const head = ["", ...sign_order.map((sign) => `${signs[sign]} ${sign_words[sign]}`)];
  const open = cells.filter(isOpen);
  const broken_off = brokenOffText(cells);
  const all = broken_off === undefined ? "Everything" : "What was judged";
  return [
    "## raceproof",
    open.length === 0 ? `${all} is as declared.` : `${open.length} not as declared:`,
    ...(broken_off === undefined ? [] : [`**${broken_off}.**`]),
    ...(open.length === 0 ? [] : [open.map(openLine).join("\n")]),
    ...not_run.map(
      ({ backend, state, reason }) => `**${plain(backend)}: ${state}.** ${plain(reason)}`,
    ),
    ...partsText(results).map(plain),
    [head, head.map(() => "---"), ...rows]
      .map((row) => `| ${row.map((cell) => plain(cell)).join(" | ")} |`)
      .join("\n"),
    "",
  ].join("\n\n");
}

const isOpen = (cell: CellResult): boolean => cell.conclusion !== "as declared" && !brokenOff(cell);

const openLine = (cell: CellResult): string =>
  `- **${plain(`${cell.workload} ${nameOf(cell)} on ${cell.server}`)}**: ${plain(wordOf(cell))}. ` +
  plain(cell.remarks.join(" "));

/** In the first interleaving of the cell that fails. */
function lineOf({ explored }: CellResult): Source | undefined {
  const { two, three, reply_lost, lock_lost } = explored ?? {};
  for (const result of [two, three, reply_lost, lock_lost]) {
    const line = result?.failure && lineToBlame(result.failure.smallest);
    if (line) return line;
  }
  return undefined;
}

/** Where the last step to blame comes from. */
export const lineToBlame = (trace: Trace): Source | undefined =>
  blamedIn(trace)
    .flatMap(({ row }) => trace.steps[row]!.source ?? [])
    .at(-1);

/** Text that comes from data must not be read as Markdown or HTML. */
export const plain = (text: string): string =>
  visible(text)
    .replaceAll("\n", " ")
    .replace(/[\\`*_[\]<>|&#~]/g, (char) => `&#${char.charCodeAt(0)};`);

/** A workflow command; characters that would end one of its parts are escaped. */
export function command(
  kind: "error" | "warning",
  title: string,
  message: string,
  at?: Source,
): string {
  const data = (text: string): string =>
    visible(text).replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
  const property = (text: string): string =>
    data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
  const place = at
    ? `file=${property(relativePath(at.file))},line=${at.line},col=${at.column},`
    : "";
  return `::${kind} ${place}title=${property(title)}::${data(message)}`;
}
