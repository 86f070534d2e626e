/**
 * Two runs of one schedule are the same when one becomes the other by giving generated values other names.
 *
 * A serial number, a random token or a key made of one is another value in every run, and that is no difference:
 * `INSERT … RETURNING id` answers 23 and then 25, and `WHERE id = 23` becomes `WHERE id = 25`. Nobody has to say
 * which values are generated: they are those that differ between two runs of the same choices from the same
 * state. But not every value that differs is one, or a balance of 40 would be the same as a balance of 60.
 * A pair of values (23 here, 25 there) is believed when
 *
 * - both look alike: two numbers, or two random words; `OK` and `nil` are never the same;
 * - it is *born* where values come from: in the reply to a step, or, for a number that no reply has shown, in a
 *   statement (a program makes random numbers, too);
 * - whatever one of them has been paired with stays so: once 23 is 25, a statement with 23 here and 24 there is
 *   another statement, and so is a read that finds 24. Only what another write answers may be born under a
 *   value that is taken: two sequences may both be at 23, but one sequence is never there twice.
 * - What an operation answers gives birth to nothing: answers are outcomes.
 *
 * What is in the database at the end is compared beside this (see `confirm`), so that two outcomes are never one.
 * In the text that a fingerprint is taken of, the pairs have numbers in the order of their births.
 */
import type { OperationResult, Trace, TraceStep } from "./trace.ts";
import { outputTexts } from "./trace.ts";

export type Comparison =
  /** For every run that is the same as these two, the text is the same, and the statements in it. */
  | { readonly same: true; readonly text: string; readonly statements: readonly string[] }
  /** The first line that differs. */
  | { readonly same: false; readonly one: string; readonly two: string };

/** Words, as far as a value may reach; what is between them must be equal. */
const words = /[\p{L}\p{N}_-]+/gu;
const digits = /\d+/g;

/** One run, line by line; a line is made of parts that are told apart by what may be born in them. */
interface Line {
  readonly parts: readonly Part[];
}

interface Part {
  readonly text: string;
  readonly births: "unknown" | "random words" | "none" | { readonly unknown_to: string };
}

/** Compares two runs of the same schedule. */
export function compareRuns(one: Trace, two: Trace): Comparison {
  const names = new Names();
  const [lines, others] = [linesOf(one), linesOf(two)];
  const texts: (readonly string[])[] = [];
  for (let i = 0; i < Math.max(lines.length, others.length); i++) {
    const text = names.line(lines[i], others[i]);
    if (text === undefined) return { same: false, one: textOf(lines[i]), two: textOf(others[i]) };
    texts.push(text);
  }
  const statements = texts.slice(1, 1 + one.steps.length).map(([_client, said]) => said as string);
  return { same: true, text: texts.map((line) => line.join("|")).join("\n"), statements };
}

function linesOf(trace: Trace): Line[] {
  const outputs = outputTexts(trace.results);
  return [
    { parts: [fixed(trace.choices.join(""))] },
    ...trace.steps.map(lineOfStep),
    ...trace.results.map((result, i) => lineOfResult(result, outputs[i] as string)),
    { parts: [fixed(trace.ending.kind)] },
  ];
}

function lineOfStep(step: TraceStep): Line {
  const { client, statement, reply = "", error = "", fault = "", waited, releasedBy } = step;
  const waits = waited ? `waits until ${releasedBy ?? "itself"}` : "";
  const finds = step.kind === "read" || step.kind === "lock";
  const births = finds ? "unknown" : { unknown_to: statement.replace(digits, "#") };
  return {
    parts: [
      fixed(String(client)),
      { text: statement, births: "unknown" },
      { text: reply, births },
      fixed([error, fault, waits].join("|")),
    ],
  };
}

function lineOfResult(result: OperationResult, output: string): Line {
  const { client, operation, status, code = "" } = result;
  return {
    parts: [
      fixed([client, operation, status, code].join("|")),
      { text: output, births: "random words" },
    ],
  };
}

const fixed = (text: string): Part => ({ text, births: "none" });
const textOf = (line: Line | undefined): string =>
  line?.parts.map(({ text }) => text).join("|") ?? "nothing";

/** Which values of one run are which of the other. */
class Names {
  readonly #of_pair = new Map<string, string>();
  /** Values of each run that are in a pair; also with the write that they came from. */
  readonly #known = [new Set<string>(), new Set<string>()] as const;

  /** @returns the parts of the line with names for generated values; undefined when the two differ */
  line(one: Line | undefined, two: Line | undefined): string[] | undefined {
    if (one === undefined || two === undefined || one.parts.length !== two.parts.length) {
      return undefined;
    }
    const texts = one.parts.map((part, i) => this.#text(part, (two.parts[i] as Part).text));
    const same = texts.filter((text) => text !== undefined);
    return same.length === texts.length ? same : undefined;
  }

  #text({ text, births }: Part, other: string): string | undefined {
    if (text === other) return text;
    return this.#each(words, text, other, (a, b) => this.#word(a, b, births));
  }

  #word(a: string, b: string, births: Part["births"]): string | undefined {
    const numbers = this.#each(digits, a, b, (x, y) =>
      this.#name(x, y, births === "random words" ? "none" : births),
    );
    if (numbers !== undefined) return numbers;
    return lookRandom(a, b) ? this.#name(a, b, births) : undefined;
  }

  /** Puts names for the parts that a pattern finds; undefined where the rest differs, or a pair is not believed. */
  #each(
    pattern: RegExp,
    one: string,
    two: string,
    nameOf: (a: string, b: string) => string | undefined,
  ): string | undefined {
    if (one.replace(pattern, "\0") !== two.replace(pattern, "\0")) return undefined;
    const others = two.match(pattern) ?? [];
    let i = 0;
    let is_same = true;
    const named = one.replace(pattern, (a) => {
      const b = others[i++] as string;
      const name = a === b ? a : nameOf(a, b);
      is_same &&= name !== undefined;
      return name ?? a;
    });
    return is_same ? named : undefined;
  }

  #name(a: string, b: string, births: Part["births"]): string | undefined {
    const pair = `${a} ${b}`;
    const name = this.#of_pair.get(pair);
    if (name !== undefined) return name;
    const origin = typeof births === "string" ? "" : births.unknown_to;
    const [here, there] = this.#known;
    if (births === "none" || here.has(origin + a) || there.has(origin + b)) return undefined;
    for (const from of [origin, ""]) {
      here.add(from + a);
      there.add(from + b);
    }
    const born = `<${this.#of_pair.size + 1}>`;
    this.#of_pair.set(pair, born);
    return born;
  }
}

/** Long enough to be no words of a language, and with a digit in one of them: `x7Qf2k`, not `pending`. */
function lookRandom(a: string, b: string): boolean {
  return Math.min(a.length, b.length) >= 6 && /\d/.test(a + b);
}
