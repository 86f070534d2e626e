/** A failing interleaving as the page shows it, made of the facts in its trace. */
import type { Fact, Value } from "../../backends/step-facts.ts";
import { plainDataText } from "../../histories/plain-data.ts";
import { shortened } from "../../histories/shortened.ts";
import { commentedIn } from "../../histories/statement-comment.ts";
import type { FoundFailure } from "../../schedules/findings.ts";
import type { OperationResult, Trace, TraceStep } from "../../schedules/trace.ts";
import { excerptOf } from "../code-frame.ts";
import { nothingIn, valueInWords } from "../facts-in-words.ts";
import { whomFor } from "../interleaving.ts";
import { overwriteIn } from "../overwrite.ts";
import { countsText } from "../report.ts";
import { explain } from "../sentence.ts";
import { placeText } from "../step-place.ts";
import type { Moment, Said, Story, StoryStep } from "./page-data.ts";
import { statesOf } from "./places.ts";

const text_length_max = 2_000;
/** Of a very long interleaving, only the first steps are shown; the token has all of them. */
const steps_max = 400;

/** A failure, and the command that shows it again. */
export interface Told {
  readonly failure: FoundFailure;
  readonly token: string;
  /** The command that runs it again. */
  readonly replay: string;
  readonly seed?: number | undefined;
  /** When it was found. Default now. */
  readonly made?: Date | undefined;
}

export function storyOf({ failure, token, replay, seed, made }: Told): Story {
  const { kind, message } = failure;
  const sentence = explain(failure.smallest, failure);
  return {
    kind,
    sentence: cut(sentence),
    ...(message === "" || sentence.startsWith(message) ? {} : { message: cut(message) }),
    ...toldSteps(failure.smallest, made),
    again: { token, replay, counts: countsText({ seed }, failure) },
  };
}

/** What happens in an interleaving, however it ends. */
export function toldSteps(
  whole: Trace,
  made: Date | undefined,
): Pick<Story, "clients" | "steps" | "moments" | "places" | "results"> {
  const trace = { ...whole, steps: whole.steps.slice(0, steps_max) };
  const order = orderOf(trace.steps);
  const { places, states } = statesOf(trace, order);
  return {
    clients: trace.operations.length,
    steps: trace.steps.map((step, row) => ({
      ...stepOf(step, trace),
      ...fromOf(step, made),
      ...partOf(row, trace),
    })),
    moments: order.map((moment, i) => ({ ...moment, state: states[i]! })),
    places,
    results: trace.results.map(resultText),
  };
}

const cut = (text: string): string => shortened(text, text_length_max);

/** The moments in their order: a step that waits is sent, and is done after the step that lets it go on. */
function orderOf(steps: readonly TraceStep[]): Pick<Moment, "step" | "is">[] {
  return steps.flatMap(({ waited, releasedBy }, row) => {
    const goes_on = steps.flatMap((other, step) =>
      other.releasedBy === row ? [{ step, is: "done" as const }] : [],
    );
    const is = waited && releasedBy !== undefined ? ("sent" as const) : ("whole" as const);
    return [{ step: row, is }, ...goes_on];
  });
}

function stepOf(step: TraceStep, trace: Trace): StoryStep {
  const { client, statement, kind, reply, error, facts = [], releasedBy } = step;
  const fault = step.fault && faults[step.fault];
  return {
    client,
    statement: cut(commentedIn(statement).bare),
    kind,
    ...(reply === undefined ? {} : { answer: cut(reply) }),
    ...(error === undefined ? {} : { error: cut(error) }),
    ...(fault === undefined ? {} : { fault }),
    reads: facts.flatMap(readsOf),
    writes: facts.flatMap(writesOf),
    ...(step.waited
      ? {
          waits: {
            whom: whomFor(step, trace),
            ...(releasedBy === undefined ? {} : { until: releasedBy }),
          },
        }
      : {}),
  };
}

/** Where a step comes from, with the code around it. */
function fromOf(step: TraceStep, made: Date | undefined): Pick<StoryStep, "from"> {
  const { source } = step;
  if (source) {
    const excerpt = excerptOf([source], made);
    const place = placeText(source);
    return { from: { place, line: source.line, ...(excerpt ? { excerpt } : {}) } };
  }
  const { route } = commentedIn(step.statement);
  return route === undefined ? {} : { from: { place: cut(route) } };
}

const faults = {
  "lose reply": "the reply is lost",
  die: "the client dies before this",
  expire: "the lock expires before this",
  error: "an error is put in here",
} satisfies Record<NonNullable<TraceStep["fault"]>, string>;

function readsOf({ does, table, found = [] }: Fact): Said[] {
  if (does !== "find") return [];
  return found.flatMap(({ columns, computed }) => said({ ...columns, ...computed }, table));
}

function writesOf({ does, table, assigned = {}, became = {} }: Fact): Said[] {
  if (does === "find") return [];
  return said({ ...became, ...assigned }, table);
}

function said(values: Readonly<Record<string, Value | undefined>>, table?: string): Said[] {
  return Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [{ name, value: valueInWords(value, nothingIn(table)) }],
  );
}

/** Who overwrote whom, where the facts leave no doubt. */
function partOf(row: number, trace: Trace): Pick<StoryStep, "part"> {
  const story = overwriteIn(trace);
  if (story === undefined) return {};
  const { read, earlier, later, is_lost } = story;
  const other = `client ${trace.steps[earlier]!.client}`;
  const last = `client ${trace.steps[later]!.client}`;
  const overwrites = is_lost ? `overwrites ${other}'s value` : `does not know of ${other}'s change`;
  if (row === later) return { part: { is: "overwrites", text: overwrites, step: earlier } };
  if (row === earlier)
    return {
      part: {
        is: "overwritten",
        text: is_lost ? `lost: ${last} writes over it` : `not seen by ${last}`,
        step: later,
      },
    };
  if (row !== read) return {};
  const text = earlier < read ? `does not see ${other}'s change` : `old once ${other} has written`;
  return { part: { is: "stale read", text, step: earlier } };
}

function resultText({ client, operation, status, output, code }: OperationResult): string {
  const what = { ok: "ok", fail: "failed cleanly", info: "nobody knows", open: "never returned" };
  const more = status === "ok" ? answerText(output) : code;
  const text = more === undefined ? what[status] : `${what[status]}: ${more}`;
  return cut(`client ${client}, operation ${operation}: ${text}`);
}

const answerText = (output: unknown): string | undefined =>
  output === undefined || output === null ? undefined : plainDataText(output);
