import type { Promised } from "./promise.ts";
import type { CellResult, Explorations, ExploreResult, LoadResult } from "./result.ts";

/**
 * Compares what was measured with what was promised. An anomaly that was not declared and a declared one that did not
 * show both count as different; but a run that was broken off, or has gaps, cannot show that something does not happen.
 * @param interrupted the run ended before this cell was complete
 */
export function conclude(
  promised: Promised,
  explored: Explorations | undefined,
  load: LoadResult | undefined,
  interrupted = false,
): Pick<CellResult, "conclusion" | "remarks"> {
  const different = [
    ...undeclaredAnomalies(promised, explored, load),
    ...anomaliesNotShown(promised, explored, load),
    ...faultDifferences(promised, explored),
    ...codeDifferences(promised, explored, load),
  ];
  const { gaps = [] } = explored ?? {};
  if (different.length > 0) return { conclusion: "different", remarks: [...different, ...gaps] };
  const missing = [
    ...missingEvidence(promised, explored, load),
    ...(interrupted && load ? [load_broken_off] : []),
  ];
  if (missing.length > 0) return { conclusion: "no verdict", remarks: missing };
  return { conclusion: "as declared", remarks: [] };
}

/** Of a cell that is judged by less than was planned. */
export const load_broken_off = "Its load was broken off.";

function undeclaredAnomalies(
  { shows = [], under_load = [], progress }: Promised,
  explored: Explorations | undefined,
  load: LoadResult | undefined,
): string[] {
  const exact = new Set(shows);
  const all = new Set([...shows, ...under_load]);
  const remarks = [...undeclared(explored?.two, exact), ...undeclared(explored?.three, all)];
  if (load?.verdict.verdict === "invalid" && !all.has(load.anomaly ?? ""))
    remarks.push(load.verdict.reason);
  if (progress === "none" && load !== undefined && load.acknowledged > 0)
    remarks.push(`Declared to get nowhere, but ${load.acknowledged} operations got through.`);
  return remarks;
}

function undeclared(result: ExploreResult | undefined, declared: ReadonlySet<string>): string[] {
  return anomaliesOf(result)
    .filter((anomaly) => !declared.has(anomaly))
    .map((anomaly) => {
      const { kind, message } = result?.failure ?? {};
      const how = kind === anomaly && message ? message : "some interleavings end like that.";
      return `Not declared: ${anomaly}: ${how}`;
    });
}

/** A declared anomaly must be shown: by the interleavings of two clients, else by the load. */
function anomaliesNotShown(
  { shows = [] }: Promised,
  explored: Explorations | undefined,
  load: LoadResult | undefined,
): string[] {
  if (explored !== undefined) {
    if (!isWhole(explored)) return [];
    const found = anomaliesOf(explored.two);
    if (found.length === 0 && !explored.two.complete) return [];
    return shows
      .filter((anomaly) => !found.includes(anomaly))
      .map((anomaly) => {
        const instead = found.length > 0 ? found.join(", ") : "nothing";
        return `Declared: ${anomaly}, in some interleaving of two clients; what was found is ${instead}.`;
      });
  }
  const races = load !== undefined && load.overlapping > 0 && load.verdict.verdict === "valid";
  return races && shows.length > 0 ? [`Declared: ${shows.join(", ")}; the load had none.`] : [];
}

/** What it did not find does not happen, as far as it was to look. */
const isWhole = ({ interrupted, gaps }: Explorations): boolean =>
  interrupted === undefined && gaps === undefined;

function anomaliesOf(result: ExploreResult | undefined): string[] {
  return Object.keys(result?.outcomes ?? {}).filter((outcome) => outcome !== "correct");
}

function faultDifferences(
  { shows = [], when = {} }: Promised,
  explored: Explorations | undefined,
): string[] {
  if (shows.length > 0) return []; // it fails without any fault
  const found = (result: ExploreResult | undefined): ExploreResult | undefined =>
    explored?.interrupted && result?.failure === undefined ? undefined : result;
  return [
    ...oneFault("When a reply is lost", found(explored?.reply_lost), when.reply_lost?.[0]),
    ...oneFault("When the lock expires", found(explored?.lock_lost), when.lock_lost?.[0]),
  ];
}

function oneFault(
  when: string,
  result: ExploreResult | undefined,
  declared: string | undefined,
): string[] {
  const failure = result?.failure;
  if (result === undefined || failure?.kind === declared) return [];
  if (declared === undefined)
    return [`${when}, not declared: ${failure?.kind}: ${failure?.message}`];
  return [`${when}, declared: ${declared}; what was found is ${failure?.kind ?? "nothing"}.`];
}

/** It may come from what somebody did to the server meanwhile. */
const isExcused = (code: string, load: LoadResult | undefined): boolean =>
  load?.interventions?.codes.includes(code) ?? false;

/** Codes that are not declared, and may come from somebody else. */
function excuses({ fails = [], under_load = [] }: Promised, load: LoadResult): string[] {
  const { interventions, failed } = load;
  const declared = [...fails, ...under_load];
  return Object.keys(failed)
    .filter((code) => isExcused(code, load) && !declared.includes(code))
    .map(
      (code) =>
        `Operations of the load fail with ${code}, not declared; but meanwhile somebody was in the way at the server: ` +
        `${interventions!.what} (${interventions!.count} times).`,
    );
}

function codeDifferences(
  { fails = [], under_load = [] }: Promised,
  explored: Explorations | undefined,
  load: LoadResult | undefined,
): string[] {
  const exact = new Set(fails);
  const all = new Set([...fails, ...under_load]);
  const by_two = Object.keys(explored?.two.failed ?? {});
  const by_load = Object.keys(load?.failed ?? {}).filter((code) => !isExcused(code, load));
  const by_more = [...Object.keys(explored?.three?.failed ?? {}), ...by_load];
  const undeclared = [
    ...by_two.filter((code) => !exact.has(code)),
    ...by_more.filter((code) => !all.has(code)),
  ];
  const missing =
    explored && isWhole(explored) ? fails.filter((code) => !by_two.includes(code)) : [];
  return [
    ...[...new Set(undeclared)].map((code) => `Operations fail with ${code}: not declared.`),
    ...missing.map((code) => `Declared to fail with ${code}, but no interleaving does.`),
  ];
}

const whyNot = ({ gave_up }: ExploreResult): string =>
  gave_up === undefined ? "" : `: ${gave_up}`;

function missingEvidence(
  promised: Promised,
  explored: Explorations | undefined,
  load: LoadResult | undefined,
): string[] {
  const { shows = [], progress } = promised;
  const missing: string[] = [];
  if (load === undefined)
    missing.push(explored === undefined ? "Nothing was run." : "Broken off before its load.");
  if (explored?.gaps) missing.push(...explored.gaps);
  else if (explored !== undefined && !explored.two.complete)
    missing.push(
      `Not all interleavings were run, only ${explored.two.schedules}${whyNot(explored.two)}.`,
    );
  else if (explored?.interrupted) missing.push("The schedules with a fault were broken off.");
  if (load !== undefined && load.overlapping === 0)
    missing.push("No two operations of the load overlapped, so it shows nothing about races.");
  if (load) missing.push(...excuses(promised, load));
  if (load?.verdict.verdict === "unknown" && shows.length === 0) missing.push(load.verdict.reason);
  if (load?.acknowledged === 0 && progress !== "none")
    missing.push("No operation of the load got through.");
  return missing;
}
