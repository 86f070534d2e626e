/**
 * The cells that a run has finished, a line each, written down while it goes on: `--resume` goes on with them,
 * also after kill -9. A run that has come to its end removes the file.
 */
import { appendFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Cell } from "../matrix/cell.ts";
import type { CellResult } from "../matrix/result.ts";
import type { Settings } from "../servers/local/recipe.ts";
import { BadUsage } from "./bad-usage.ts";
import { ownVersion } from "./own-version.ts";

/** Of this run: those of the one that it is to go on with, or none yet. @throws BadUsage when it cannot go on */
export function finishedCells(
  flags: Readonly<{ out: string; resume?: true }> & Chosen,
  size: Readonly<Record<string, number>>,
): FinishedCells {
  const { backend, workload, strategy, isolation, fault } = flags;
  const head = { version: ownVersion(), ...size, backend, workload, strategy, isolation, fault };
  return flags.resume
    ? FinishedCells.resume(flags.out, head)
    : FinishedCells.begin(flags.out, head);
}

type Chosen = Readonly<
  Partial<Record<"backend" | "workload" | "strategy" | "isolation" | "fault", string>>
>;

/** What must be the same for a run to go on with what another one has found: the version, the seed, and all sizes. */
export type RunHead = Readonly<Record<string, string | number | undefined>>;

interface Line {
  /** With which settings the servers were, where they were to suffer faults. */
  readonly disturbed: Settings | null;
  readonly cell: CellResult;
}

export class FinishedCells {
  readonly #file: string;
  readonly #lines: readonly Line[];

  private constructor(file: string, lines: readonly Line[]) {
    this.#file = file;
    this.#lines = lines;
  }

  /** Begins anew. */
  static begin(folder: string, head: RunHead): FinishedCells {
    const file = join(folder, name);
    writeFileSync(file, `${JSON.stringify(head)}\n`);
    return new FinishedCells(file, []);
  }

  /** Goes on. @throws BadUsage when there is nothing to go on with, or it was another run */
  static resume(folder: string, head: RunHead): FinishedCells {
    const file = join(folder, name);
    const [first, ...lines] = linesIn(folder);
    const before = JSON.parse(first!) as RunHead;
    // What is undefined is not written.
    const now = JSON.parse(JSON.stringify(head)) as RunHead;
    const other = [...new Set([...Object.keys(before), ...Object.keys(now)])].find(
      (key) => before[key] !== now[key],
    );
    if (other !== undefined)
      throw new BadUsage(
        `--resume: the run in ${folder} had ${other} ${before[other] ?? "not given"}, not ${now[other] ?? "not given"}; ` +
          "give the same, or leave out --resume to begin anew.",
      );
    writeFileSync(file, [first, ...lines].map((line) => `${line}\n`).join(""));
    return new FinishedCells(
      file,
      lines.map((line) => JSON.parse(line) as Line),
    );
  }

  /** Its result, if it was finished on the same version of the server. */
  find(cell: Cell, disturbed: Settings | null): CellResult | undefined {
    return this.#lines.find(
      (line) =>
        line.disturbed === disturbed &&
        line.cell.server.split(",")[0] === cell.server &&
        (["workload", "backend", "strategy", "isolation"] as const).every(
          (key) => line.cell[key] === cell[key],
        ),
    )?.cell;
  }

  /** One that was interrupted is to be run again. */
  add(cell: CellResult, disturbed: Settings | null): void {
    if (cell.interrupted) return;
    const line: Line = { disturbed, cell };
    try {
      appendFileSync(this.#file, `${JSON.stringify(line)}\n`);
    } catch {
      // The disk is full, say: then it would be run again.
    }
  }

  /** All are finished. */
  end(): void {
    rmSync(this.#file, { force: true });
  }
}

const name = ".finished";

/** The seed of the run that is to go on. @throws BadUsage */
export function seedToResume(folder: string): number {
  return Number((JSON.parse(linesIn(folder)[0]!) as RunHead)["seed"]);
}

/** Its whole lines; a killed run may have left half a one at the end. @throws BadUsage when there is none */
function linesIn(folder: string): string[] {
  let text = "";
  try {
    text = readFileSync(join(folder, name), "utf8");
  } catch {
    // Said below.
  }
  const lines = text.split("\n").slice(0, -1);
  if (lines.length > 0) return lines;
  throw new BadUsage(
    `--resume: in ${folder} is no run that was interrupted; name its folder with --out.`,
  );
}
