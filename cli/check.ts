import { Command } from "commander";
import { call, plain } from "../checkers/call.ts";
import { checkFile } from "../checkers/check-file.ts";
import type { CheckOptions, FileVerdict } from "../checkers/check-options.ts";
import { mayBeModel } from "../checkers/load-model.ts";
import { modelNames } from "../checkers/select.ts";
import { type Format, formats } from "../histories/format.ts";
import { parseJsonLine } from "../histories/json-line.ts";
import { shortened } from "../histories/shortened.ts";
import { visible } from "../reports/visible.ts";
import { BadUsage, wholeNumber } from "./bad-usage.ts";
import { didYouMean } from "./did-you-mean.ts";

interface Options {
  readonly model: string;
  readonly format?: string;
  readonly independent?: boolean;
  readonly rename?: readonly string[];
  readonly initial?: string;
  readonly timeoutS?: string;
  readonly memoryMb?: string;
  readonly witness?: true;
  readonly json?: true;
}

/** `raceproof check FILE… --model M`: a line for each file; exit 1 = one is invalid, 2 = one unknown, 0 = all valid. */
export function checkCommand(): Command {
  return new Command("check")
    .description(
      "judge recorded histories: JSON lines, Jepsen's EDN, JSON and text logs, PolyLin, LiMo, etcd",
    )
    .argument("<file...>", "histories to judge")
    .requiredOption("--model <model>", `${modelNames.join(", ")}, or a file like ./mine.ts`)
    .option("--format <format>", `${formats.join(", ")} (default: what the content looks like)`)
    .option("--independent", "values are Jepsen's [key value] tuples")
    .option("--no-independent", "they are not, though they look so")
    .option("--rename <names...>", "other names for operations, like lock=acquire")
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
        process.exitCode = exitCode(verdicts);
        if (!options.json) print(verdict);
      }
      if (options.json) console.log(JSON.stringify(verdicts, asJson, 2));
    });
}

function toCheckOptions(options: Options): CheckOptions {
  const { model, format, independent, rename, initial, timeoutS, memoryMb, witness } = options;
  if (!mayBeModel(model))
    throw new BadUsage(
      `--model: there is no "${model}"${didYouMean(model, modelNames)}; choose from ${modelNames.join(", ")}.`,
    );
  if (format !== undefined && !isFormat(format))
    throw new BadUsage(
      `--format: there is no "${format}"${didYouMean(format, formats)}; choose from ${formats.join(", ")}.`,
    );
  return {
    model,
    ...(format === undefined ? {} : { format }),
    ...(independent === undefined ? {} : { independent }),
    ...(rename === undefined ? {} : { rename: namesFrom(rename) }),
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

function namesFrom(pairs: readonly string[]): Record<string, string> {
  const names = pairs.flatMap((pair) => pair.split(",")).map((pair) => pair.split("="));
  const wrong = names.find((parts) => parts.length !== 2 || parts.includes(""));
  if (wrong !== undefined)
    throw new BadUsage(`--rename takes names like lock=acquire, not "${wrong.join("=")}".`);
  const twice = names.find(([name], at) => names.findIndex(([other]) => other === name) !== at);
  if (twice !== undefined) throw new BadUsage(`--rename has "${twice[0]}" twice.`);
  return Object.fromEntries(names);
}

/** Makes text of numbers that JSON has not: large whole ones, and infinity. An unknown time of return becomes null. */
function asJson(key: string, value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  const unknown = key.startsWith("returned");
  return typeof value === "number" && !Number.isFinite(value) && !unknown ? String(value) : value;
}

function jsonValue(text: string): unknown {
  try {
    return parseJsonLine(text);
  } catch {
    throw new BadUsage(`--initial takes JSON, like 0 or "a", not ${text}.`);
  }
}

function print({ file, verdict, reason, drawing, witness, notes }: FileVerdict): void {
  console.log(`${visible(file)}: ${verdict}. ${oneLine(reason)}`);
  for (const note of notes) console.log(`  ${oneLine(note)}`);
  if (drawing !== undefined) console.log(drawing.replace(/^/gm, "  "));
  for (const operation of witness ?? [])
    console.log(
      `  ${plain(operation.key)} process ${plain(`${operation.process}`)}: ${call(operation)}`,
    );
}

/** The longest sentence: names in a file may have any length. */
const sentence_length_max = 2_000;

/** A sentence with names from a file, which may move the cursor. */
function oneLine(sentence: string): string {
  return visible(shortened(sentence, sentence_length_max)).replace(/[\t\n]/g, " ");
}

/** invalid > unknown > valid */
function exitCode(verdicts: readonly FileVerdict[]): number {
  if (verdicts.some(({ verdict }) => verdict === "invalid")) return 1;
  return verdicts.some(({ verdict }) => verdict === "unknown") ? 2 : 0;
}
