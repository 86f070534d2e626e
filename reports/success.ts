import { shownStatement } from "../histories/shortened.ts";
import type { Exploration } from "../schedules/findings.ts";
import type { Stale } from "../schedules/search/fresh-start.ts";
import type { Doubt } from "../schedules/search/proof.ts";
import { coverageText } from "./coverage.ts";
import { in_code, type Names } from "./names.ts";
import { noteInWords } from "./notes.ts";
import { placeOf, type Subject, seedText, sizeOf } from "./report.ts";

/** What an exploration without a failure shows, and no more than that. */
export function successText(subject: Subject, exploration: Exploration): string {
  const said = exploration.proof
    ? proofText(subject, exploration)
    : noProofText(subject, exploration);
  const allowed = exploration.allowed ? [allowedText(exploration.allowed)] : [];
  return [said, ...allowed, ...covered(exploration), ...remarks(exploration)].join(" ");
}

function proofText(subject: Subject, exploration: Exploration): string {
  const { schedules, pruned, interleavings, operations } = exploration;
  const size = `${sizeOf(operations)} on ${placeOf(subject)}`;
  const all =
    interleavings === undefined ? "all interleavings" : `all ${interleavings} interleavings`;
  const how =
    pruned === 0
      ? `${schedules} run`
      : `${schedules} run, ${pruned} ${pruned === 1 ? "branch" : "branches"} pruned`;
  return (
    `${subject.name}: proof for this size: no failure in ${all} of ${size} (${how}).` +
    (exploration.commitsApart
      ? ""
      : " A statement outside a transaction was taken as one step with its commit.")
  );
}

function noProofText(subject: Subject, exploration: Exploration): string {
  const { schedules, operations, doubt } = exploration;
  const size = `${sizeOf(operations)} on ${placeOf(subject)}`;
  const why = doubt === undefined ? "" : doubtInWords(doubt, subject.names);
  return `${subject.name}: no failure in ${schedules} schedules of ${size}${seedText(exploration)}: no proof${why === "" ? "" : `, because ${why}`}.`;
}

/** A search that did not go through all says how far it got. */
function covered({ doubt, coverage }: Exploration): string[] {
  const is_part = doubt?.kind === "random" || doubt?.kind === "cut short";
  return is_part && coverage.pairs > 0 ? [coverageText(coverage)] : [];
}

/** Without a check: which outcomes counted as right. */
export function serialText({ orders, generated }: SerialOrders): string {
  const places = [...new Set(generated)].toSorted();
  const named =
    places.length === 0
      ? ""
      : ` Generated, and compared only by where else it is: ${places.join(", ")}.`;
  return `Right is what ${orders === 1 ? "the serial order comes" : `the ${orders} serial orders come`} to.${named}`;
}

/** The anomalies that are accepted, and which of them were met. */
export function allowedText(allowed: Readonly<Record<string, number>>): string {
  const met = Object.entries(allowed).map(
    ([name, times]) => `${name} (${times === 0 ? "not met" : `in ${count(times, "schedule")}`})`,
  );
  return `Allowed, although no serial order ends like it: ${met.join(", ")}.`;
}

interface SerialOrders {
  readonly orders: number;
  readonly generated: readonly string[];
}

/** What to do when the search stopped because of the test runner's own limit. */
export function timeIsUpText({ runner, limit_ms }: { runner: string; limit_ms: number }): string {
  return (
    `That is the limit of ${runner} for this test, ${limit_ms} ms: give it more, as in ` +
    `test("…", …, ${Math.max(60_000, 10 * limit_ms)}), or set timeLimitMs to a part of it and be content with no proof.`
  );
}

/** Continues "no proof, because …". */
export function doubtInWords(doubt: Doubt, names: Names = in_code): string {
  const words: { readonly [K in Doubt["kind"]]: (doubt: Extract<Doubt, { kind: K }>) => string } = {
    failed: () => "a schedule failed",
    random: () => `the schedules were chosen at random (${names.runs_all})`,
    "cut short": ({ by }) => cutShort(by, names),
    "lost branches": (lost) =>
      `after the same choices the server did something else (${times(lost.count)})`,
    "given up": (given) => `${count(given.count, "schedule")} could not be taken to the end`,
    polled: () =>
      "a client polls: it asks again only after the others have moved, and how often it may ask in between is not explored",
    "stood still": () =>
      "clients wait for each other inside the process, where the schedule cannot say who comes first",
    "left on a pool": ({ statement }) =>
      `\`${statement}\` leaves something on one connection of the pool, and which connection a request gets when it begins later is not explored; a pool of one shows more`,
    "returned open": () =>
      "a connection went back to its pool in the middle of a transaction, and who gets it next is not explored",
    "came beside": ({ statement }) =>
      `a client asks \`${shownStatement(statement)}\` while another request of its own is under way on another connection, and only one order of them is explored`,
    outside: ({ statement, where }) =>
      `\`${shownStatement(statement)}\` works in ${where}, which is not the database that the program was given: nothing there is set up or compared`,
    divisible: ({ statement, by }) =>
      `others can come in the middle of \`${shownStatement(statement)}\`${by === undefined ? "" : ` (it runs ${by})`}, where no schedule reaches`,
    unrepeated: (failed) => `${count(failed.count, "schedule")} failed once, and not again`,
    undecided: (found) =>
      `${count(found.count, "outcome")} had so many rows that differ only in generated values that they could not be compared`,
    survivors: () =>
      "the program had ended, and processes that it had started went on and did nothing that could be seen: they were ended, and what they would still have done is not known",
    "nothing compared": () =>
      "nothing was compared, except what the operations answered: there was no table, key or item of the program's database to read",
    "nothing raced": () => "fewer than two clients took a step",
    "not looked": () => `this backend cannot say ${whether_fresh}`,
    stale: ({ stale }) => staleInWords(stale, names),
    "too large": ({ what }) => `${what.join(", ")} is too large to see ${whether_fresh}`,
  };
  return (words[doubt.kind] as (doubt: Doubt) => string)(doubt);
}

const whether_fresh = "whether set-up gave the same state every time";

const cutShort = (by: Extract<Doubt, { kind: "cut short" }>["by"], { schedules }: Names): string =>
  ({
    schedules: `there are more (${schedules} says how many are run at most)`,
    time: "the time limit was reached",
    aborted: "the search was broken off",
  })[by];

export function staleInWords({ what, first, later }: Stale, { setup }: Names): string {
  const had = (rows: number | undefined): string =>
    rows === undefined ? "was not there" : `had ${count(rows, "row")}`;
  const seen =
    first === later
      ? `the same number of rows, but other values`
      : `it ${had(first)} the first time and ${later === undefined ? "was not there" : count(later, "row")} later`;
  return `set-up did not give the same state every time: ${what} (${seen}); let ${setup} put all of it back`;
}

function remarks({ disturbance, unrepeated, notes = [] }: Exploration): string[] {
  const said: string[] = notes.map((note) => `Note: ${noteInWords(note)}`);
  if (disturbance?.kind === "failed beside others") {
    said.push(
      `With ${disturbance.lanes} lanes side by side a schedule failed (${disturbance.failure.kind}), and not when it was run alone: the lanes disturbed each other, so all was run again with one.`,
    );
  } else if (disturbance !== undefined) {
    said.push(
      `\`${shownStatement(disturbance.statement)}\` takes something that belongs to the whole server, so all was run again with one lane.`,
    );
  }
  if (unrepeated !== undefined) {
    said.push(
      `Schedule ${unrepeated.foundAfter} failed once (${unrepeated.failure.kind}: ${unrepeated.failure.message}), but in none of ${unrepeated.runs} runs of the same schedule: that is not a race: something else disturbs the program.`,
    );
  }
  return said;
}

const count = (number: number, what: string): string =>
  `${number} ${what}${number === 1 ? "" : "s"}`;
const times = (number: number): string => (number === 1 ? "once" : `${number} times`);
