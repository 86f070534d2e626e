/**
 * The page of the user's own programs: every exploration leaves a file in the folder, and the page is drawn from all of
 * them. So the tests of a suite come together in one page, whatever their order, even if they run in several processes.
 */
import { createHash, randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TriedRepair } from "../../repairs/repair.ts";
import type { Exploration } from "../../schedules/findings.ts";
import { short_level } from "../matrix.ts";
import { raceName } from "../race-name.ts";
import { repairRows } from "../repairs.ts";
import { type Subject, sizeOf, tokenOf } from "../report.ts";
import type { Sign } from "../signs.ts";
import { doubtInWords } from "../success.ts";
import { exampleOf } from "./example.ts";
import type { PageCell, PageData } from "./page-data.ts";
import { storyOf } from "./story.ts";
import { writePage } from "./write-page.ts";

/** What one exploration leaves. */
interface Left {
  readonly made: string;
  readonly cell: PageCell;
}

const folder_name = "explorations";

/**
 * Adds an exploration to the page in this folder; it takes the place of an earlier one of the same program.
 * @param tried the repairs of its race
 * @returns where the page is
 */
export async function addToPage(
  folder: string,
  subject: Subject,
  exploration: Exploration,
  tried: readonly TriedRepair[] = [],
): Promise<string> {
  const cell = cellOfExploration(subject, exploration, tried);
  const left: Left = { made: new Date().toISOString(), cell };
  const files = join(folder, folder_name);
  await mkdir(files, { recursive: true });
  const name = `${createHash("sha256").update(cell.id).digest("hex").slice(0, 16)}.json`;
  const part = join(files, `${name}.${randomUUID()}.new`);
  await writeFile(part, JSON.stringify(left));
  await rename(part, join(files, name));
  // Another process may have added its own while this one wrote the page: then it is written again, with both.
  for (;;) {
    const before = await allIn(files);
    const path = await writePage(folder, pageOf(before));
    if (JSON.stringify(await allIn(files)) === JSON.stringify(before)) return path;
  }
}

async function allIn(files: string): Promise<Left[]> {
  const names = (await readdir(files)).filter((name) => name.endsWith(".json")).sort();
  return Promise.all(
    names.map(async (name) => JSON.parse(await readFile(join(files, name), "utf8")) as Left),
  );
}

const pageOf = (all: readonly Left[]): PageData => ({
  title: "raceproof",
  made:
    all
      .map(({ made }) => made)
      .toSorted()
      .at(-1) ?? "",
  about: [],
  cells: all.map(({ cell }) => cell).toSorted((a, b) => (a.way < b.way ? -1 : 1)),
  not_run: [],
  interrupted: false,
});

function cellOfExploration(
  subject: Subject,
  exploration: Exploration,
  tried: readonly TriedRepair[],
): PageCell {
  const { name, backend, isolation } = subject;
  const { failure, seed, complete, operations } = exploration;
  const sign = signOf(exploration);
  const token = failure && tokenOf(subject, failure);
  return {
    id: ["program", backend.name, name, ...(isolation ? [isolation] : [])].join("/"),
    workload: "programs",
    backend: backend.name,
    server: backend.server,
    way: name,
    ...(isolation ? { level: { name: isolation, short: short_level[isolation] } } : {}),
    sign,
    word: failure
      ? raceName(failure)
      : exploration.proof
        ? "proof for this size"
        : "no failure, no proof",
    conclusion: "as declared",
    remarks: [],
    explored: [
      {
        name: sizeOf(operations),
        text: textOf(exploration),
        sign,
        complete,
        ...(failure && token
          ? { story: storyOf({ failure, token, replay: subject.replayCommand(token), seed }) }
          : exploration.example
            ? { story: exampleOf(exploration.example) }
            : {}),
        ...(failure && tried.length > 0 ? { repairs: repairRows(tried, failure) } : {}),
      },
    ],
  };
}

/** Without a failure only a proof is called safe. */
function signOf({ failure, proof, failed }: Exploration): Sign {
  if (failure) return failure.smallest.faults.length > 0 ? "fault" : "wrong";
  if (!proof) return "unknown";
  return Object.keys(failed).length > 0 ? "retry" : "safe";
}

function textOf(exploration: Exploration): string {
  const { failure, proof, schedules, complete, doubt } = exploration;
  if (failure)
    return `${schedules} ${schedules === 1 ? "interleaving was" : "interleavings were"} run.`;
  if (proof) return `No failure in all interleavings; ${schedules} were run.`;
  const why = doubt === undefined ? "" : `, because ${doubtInWords(doubt)}`;
  return `No failure in ${complete ? "all" : schedules} interleavings: no proof${why}.`;
}
