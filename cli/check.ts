import { Command } from "commander";
import { checkFile, type FileVerdict } from "../checkers/check-file.ts";
import { model_names } from "../checkers/select.ts";
import { BadUsage } from "./bad-usage.ts";

const exit_codes = { valid: 0, invalid: 1, unknown: 2 };

interface Options {
  readonly model: string;
  readonly json?: true;
}

/** `raceproof check FILE… --model M`: one line a file; exit 0 all valid, 1 one invalid, 2 one unknown. */
export function checkCommand(): Command {
  return new Command("check")
    .description("judge recorded histories")
    .argument("<file...>", "histories to judge")
    .requiredOption("--model <model>", model_names.join(", "))
    .option("--json", "print the verdicts as JSON")
    .action(async (files: string[], options: Options) => {
      if (!model_names.includes(options.model))
        throw new BadUsage(
          `--model: there is no "${options.model}"; choose from ${model_names.join(", ")}.`,
        );
      const verdicts: FileVerdict[] = [];
      for (const file of files) {
        const verdict = await checkFile(file, options);
        verdicts.push(verdict);
        if (!options.json) print(verdict);
      }
      if (options.json) console.log(JSON.stringify(verdicts, undefined, 2));
      process.exitCode = exitCode(verdicts);
    });
}

function print({ file, verdict, reason, notes }: FileVerdict): void {
  console.log(`${file}: ${verdict}. ${reason}`);
  for (const note of notes) console.log(`  ${note}`);
}

/** invalid > unknown > valid */
function exitCode(verdicts: readonly FileVerdict[]): number {
  for (const verdict of ["invalid", "unknown"] as const)
    if (verdicts.some((each) => each.verdict === verdict)) return exit_codes[verdict];
  return exit_codes.valid;
}
