import { shortened } from "../histories/shortened.ts";
import { visible } from "../reports/visible.ts";
import type { ProcessEnd } from "./processes.ts";

/** How many lines of a process's output are shown. */
const shown_lines = 30;

/** A client's process did not do its work. `told` says so for people, with what the process wrote. */
export class ProcessFailed extends Error {
  override readonly name = "ProcessFailed";
  /** `exit 1`, `SIGSEGV`, `output`, `ENOENT`. */
  readonly code: string;
  readonly told: string;

  constructor(command: string, end: ProcessEnd) {
    const { code, how } = howItEnded(command, end);
    super(how);
    this.code = code;
    this.told = [`${how}${end.stderr.trim() === "" ? "." : ":"}`, lastLines(end.stderr)]
      .filter((part) => part !== "")
      .join("\n");
  }
}

export const hasFailed = (end: ProcessEnd): boolean =>
  end.code !== 0 || end.said_too_much || end.not_started !== undefined;

function howItEnded(command: string, end: ProcessEnd): { code: string; how: string } {
  const { code, signal, said_too_much, not_started } = end;
  if (not_started) {
    const why = not_started.code === "ENOENT" ? "there is no such program" : not_started.message;
    return { code: not_started.code ?? "error", how: `${command} cannot be started: ${why}` };
  }
  if (said_too_much)
    return { code: "output", how: `${command} was ended: it printed more than 1 MiB` };
  if (signal !== null) return { code: signal, how: `${command} was ended by ${signal}` };
  return { code: `exit ${code}`, how: `${command} ended with exit code ${code}` };
}

/** A command line, shortened for a sentence. */
export const commandInWords = (argv: readonly string[]): string =>
  shortened(argv.join(" ").replace(/\s+/g, " "), 80);

/** The last lines of a text, indented. */
export function lastLines(text: string): string {
  const lines = visible(text).trimEnd().split(/␍?\n/);
  const left_out = lines.length - shown_lines;
  const shown = left_out > 1 ? [`… ${left_out} lines …`, ...lines.slice(-shown_lines)] : lines;
  return text.trim() === "" ? "" : shown.map((line) => `  ${line}`).join("\n");
}
