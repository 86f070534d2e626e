import { Command } from "commander";
import { call } from "../checkers/call.ts";
import { type CheckOptions, checkFile, type FileVerdict } from "../checkers/check-file.ts";
import { mayBeModel } from "../checkers/load-model.ts";
import { modelNames } from "../checkers/select.ts";
import { type Format, formats } from "../histories/format.ts";
import { BadUsage, wholeNumber } from "./bad-usage.ts";

interface Options {
  readonly model: string;
  readonly format?: string;
  readonly independent?: boolean;
  readonly initial?: string;
  readonly timeoutS?: string;
  readonly memoryMb?: string;
  readonly witness?: true;
  readonly json?: true;
}

/** `raceproof check FILE… --model M`: one line a file; exit 1 one invalid, 2 one unknown, 0 all valid. */
export function checkCommand(): Command {
  return new Command("check")
    .description("judge recorded histories: raceproof's own JSONL, Jepsen's EDN and text logs")
    .argument("<file...>", "histories to judge")
    .requiredOption("--model <model>", `${modelNames.join(", ")}, or a file like ./mine.ts`)
    .option("--format <format>", `${formats.join(", ")} (default: what the content looks like)`)
    .option("--independent", "Jepsen's values are [key value] tuples")
    .option("--no-independent", "they are not, though they look so")
    .option("--initial <json>", "what everything starts with")
    .option("--timeout-s <seconds>", "give up after that long a file")
    .option("--memory-mb <megabytes>", "give up when so much memory is used")
    .option("--witness", "print the order that shows that a history is valid")
    .option("--json", "print the verdicts as JSON")
    .action(async (files: string[], options: Options) => {
      const check_options = toCheckOptions(options);
      const verdicts: FileVerdict[] = [];
      for (const file of files) {
        const verdict = await checkFile(file, check_options);
        verdicts.push(verdict);
        if (!options.json) print(verdict);
      }
      if (options.json) console.log(JSON.stringify(verdicts, undefined, 2));
      process.exitCode = exitCode(verdicts);
    });
}

function toCheckOptions(options: Options): CheckOptions {
  const { model, format, independent, initial, timeoutS, memoryMb, witness } = options;
  if (!mayBeModel(model))
    throw new BadUsage(`--model: there is no "${model}"; choose from ${modelNames.join(", ")}.`);
  if (format !== undefined && !isFormat(format))
    throw new BadUsage(`--format: there is no "${format}"; choose from ${formats.join(", ")}.`);
  return {
    model,
    ...(format === undefined ? {} : { format }),
    ...(independent === undefined ? {} : { independent }),
    ...(initial === undefined ? {} : { initial: jsonValue(initial) }),
    ...(timeoutS === undefined
      ? {}
      : { timeoutMs: 1000 * wholeNumber("--timeout-s", timeoutS, 1) }),
    ...(memoryMb === undefined ? {} : { memoryMb: wholeNumber("--memory-mb", memoryMb, 16) }),
    ...(witness === undefined ? {} : { witness }),
  };
}

function isFormat(text: string): text is Format {
  return formats.some((format) => format === text);
}

function jsonValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new BadUsage(`--initial takes JSON, like 0 or "a", not ${text}.`);
  }
}

function print({ file, verdict, reason, drawing, witness, notes }: FileVerdict): void {
  console.log(`${file}: ${verdict}. ${reason}`);
  for (const note of notes) console.log(`  ${note}`);
  if (drawing !== undefined) console.log(drawing.replace(/^/gm, "  "));
  for (const operation of witness ?? [])
    console.log(`  ${operation.key} process ${operation.process}: ${call(operation)}`);
}

/** invalid > unknown > valid */
function exitCode(verdicts: readonly FileVerdict[]): number {
  if (verdicts.some(({ verdict }) => verdict === "invalid")) return 1;
  return verdicts.some(({ verdict }) => verdict === "unknown") ? 2 : 0;
}
