/**
 * The cells that a run has finished: a file with a line for each, written while the run goes on. `--resume` continues
 * from it, even after kill -9. A run that comes to its end removes the file.
 */
import { appendFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RunHead } from "../campaign/part.ts";
import type { Cell } from "../matrix/cell.ts";
import type { CellResult } from "../matrix/result.ts";
import type { Settings } from "../servers/local/recipe.ts";
import { BadUsage } from "./bad-usage.ts";
import { ownVersion } from "./own-version.ts";

/** The cells finished at the start: none, or those of the resumed run. @throws BadUsage if it cannot be resumed */
export function finishedCells(
  flags: Readonly<{ out: string; resume?: true; shard?: string }>,
  run: RunHead,
): FinishedCells {
  const head = { version: ownVersion(), ...run, shard: flags.shard };
  return flags.resume
    ? FinishedCells.resume(flags.out, head)
    : FinishedCells.begin(flags.out, head);
}

/** What makes a run another run: its sizes, its seed, and what was chosen. */
export function headOf(flags: Chosen, size: Readonly<Record<string, number>>): RunHead {
  const { backend, workload, strategy, isolation, fault } = flags;
  return { ...size, backend, workload, strategy, isolation, fault };
}

type Chosen = Readonly<
  Partial<Record<"backend" | "workload" | "strategy" | "isolation" | "fault", string>>
>;

interface Line {
  /** The settings of the servers, if they were to suffer faults; else null. */
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

  /** Begins a new file. */
  static begin(folder: string, head: RunHead): FinishedCells {
    const file = join(folder, name);
    writeFileSync(file, `${JSON.stringify(head)}\n`);
    return new FinishedCells(file, []);
  }

  /** Continues the file of an earlier run. @throws BadUsage if there is none, or if that run was a different one */
  static resume(folder: string, head: RunHead): FinishedCells {
    const file = join(folder, name);
    const [first, ...lines] = linesIn(folder);
    const before = JSON.parse(first!) as RunHead;
    // Values that are undefined are not in the file.
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

  /** The result of a cell, if it was finished on the same version of the server. */
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

  /** Adds a finished cell. One that was interrupted is left out, so that it is run again. */
  add(cell: CellResult, disturbed: Settings | null): void {
    if (cell.interrupted) return;
    const line: Line = { disturbed, cell };
    try {
      appendFileSync(this.#file, `${JSON.stringify(line)}\n`);
    } catch {
      // The disk is full, say: then a resumed run runs this cell again.
    }
  }

  /** Removes the file, as all cells are finished. */
  end(): void {
    rmSync(this.#file, { force: true });
  }
}

const name = ".finished";

/** The seed of the run that is to be resumed. @throws BadUsage */
export function seedToResume(folder: string): number {
  return Number((JSON.parse(linesIn(folder)[0]!) as RunHead)["seed"]);
}

/** The complete lines of the file; a killed run may have left half a line after them. @throws BadUsage if none */
function linesIn(folder: string): string[] {
  let text = "";
  try {
    text = readFileSync(join(folder, name), "utf8");
  } catch {
    // The error below says it.
  }
  const lines = text.split("\n").slice(0, -1);
  if (lines.length > 0) return lines;
  throw new BadUsage(
    `--resume: there is no interrupted run in ${folder}; name its folder with --out.`,
  );
}
