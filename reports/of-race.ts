/** What `raceproof race` found, in the forms that other programs read. */
import type { TriedRepair } from "../repairs/repair.ts";
import type { Exploration } from "../schedules/findings.ts";
import { command, lineToBlame, plain } from "./github.ts";
import { element, junitDocument, text } from "./junit-xml.ts";
import { overwriteIn } from "./overwrite.ts";
import { raceName } from "./race-name.ts";
import { explain } from "./sentence.ts";
import { visible } from "./visible.ts";

export interface RaceOutcome {
  /** Of the program. */
  readonly name: string;
  readonly kind: "race" | "none found" | "cannot";
  /** What people read. */
  readonly text: string;
  readonly exploration?: Exploration;
  readonly token?: string;
  readonly repairs?: readonly TriedRepair[];
}

/** All of it, and the sentences and facts that are made of the steps. */
export function dataOfRace({ exploration, ...outcome }: RaceOutcome): object {
  if (exploration === undefined) return outcome;
  const { failure } = exploration;
  if (failure === undefined) return { ...outcome, exploration };
  const told = {
    sentence: explain(failure.smallest, failure),
    overwrite: overwriteIn(failure.smallest),
  };
  return { ...outcome, exploration: { ...exploration, failure: { ...failure, ...told } } };
}

/** One test, which fails with the race; if it could not be tried, that is an error. */
export function junitOfRace(outcome: RaceOutcome): string {
  const { name, kind } = outcome;
  const said = [text(outcome.text)];
  const message = inShort(outcome);
  const ended = {
    race: element("failure", { message, type: wordOf(outcome) }, said),
    cannot: element("error", { message, type: "cannot" }, said),
    "none found": element("system-out", {}, said),
  };
  const test = element("testcase", { classname: "raceproof.race", name }, [ended[kind]]);
  const counts = {
    ...{ tests: 1, failures: kind === "race" ? 1 : 0, errors: kind === "cannot" ? 1 : 0 },
    skipped: 0,
  };
  return junitDocument([element("testsuite", { name: "race", ...counts }, [test])]);
}

/** An error at the line to blame, where that is known; none when no race was found. */
export function annotationsOfRace(outcome: RaceOutcome): string[] {
  const { name, kind, exploration } = outcome;
  if (kind === "none found") return [];
  const { failure } = exploration ?? {};
  const at = failure && lineToBlame(failure.smallest);
  return [command("error", `${name}: ${wordOf(outcome)}`, inShort(outcome), at)];
}

/** The Markdown for `$GITHUB_STEP_SUMMARY`: fenced, so that nothing in it is markup. */
export function summaryOfRace(outcome: RaceOutcome): string {
  const longest = Math.max(2, ...(outcome.text.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = "`".repeat(longest + 1);
  const head = `## raceproof: ${plain(outcome.name)}: ${plain(wordOf(outcome))}`;
  return `${head}\n\n${fence}text\n${visible(outcome.text)}\n${fence}\n`;
}

const words = { race: "race", cannot: "could not be tried", "none found": "no race found" };

const wordOf = ({ kind, exploration }: RaceOutcome): string =>
  kind === "race" && exploration?.failure ? raceName(exploration.failure) : words[kind];

/** The sentence about a race; otherwise the first paragraph of what people read. */
function inShort({ exploration, text }: RaceOutcome): string {
  const { failure } = exploration ?? {};
  return failure
    ? explain(failure.smallest, failure)
    : text.split("\n\n")[0]!.replaceAll("\n", " ");
}
