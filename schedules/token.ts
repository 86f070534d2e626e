import { createHash } from "node:crypto";
import type { Isolation } from "../backends/backend.ts";
import type { Comparison } from "./renaming.ts";
import { type Fault, type Schedule, trimmed } from "./schedule.ts";
import { describeTrace, type Trace } from "./trace.ts";

/** What a token says: which program on which server, which schedule, and what should happen. */
export interface Replay extends Schedule {
  readonly program: string;
  readonly backend: string;
  readonly server: string;
  readonly isolation: Isolation | null;
  readonly operations: readonly number[];
  readonly expected: Fingerprint;
}

/** What happened, in a few letters: equal when the same happened, up to generated values. */
export interface Fingerprint {
  /** Eight characters for all of it. */
  readonly whole: string;
  /** Two letters for each of the first steps, to say later which one is another now; a dot after the last step. */
  readonly steps: string;
}

/** A token that cannot be read, in one sentence. */
export class BadToken extends Error {}

const version = "rp2";
/** As long as may be, while a token fits into a message. */
const token_length_max = 200;
const levels: Readonly<Record<string, Isolation>> = {
  ru: "READ UNCOMMITTED",
  rc: "READ COMMITTED",
  rr: "REPEATABLE READ",
  se: "SERIALIZABLE",
};
const fault_letters: Readonly<Record<Fault["kind"], string>> = {
  "lose reply": "l",
  die: "d",
  expire: "e",
  error: "f",
};

/**
 * A schedule in one word for a chat or a command line, of letters, digits, and `~ . - _ % +`:
 * `rp2~read-write~postgres~PostgreSQL+18.4~rc~1.1~01~~9f3a1c2b~x4k2~k3f9`. All that takes effect is in it;
 * the last part is a checksum over the rest.
 */
export function writeToken(replay: Replay): string {
  const level = Object.keys(levels).find((short) => levels[short] === replay.isolation) ?? "";
  const text = [
    version,
    encode(replay.program),
    encode(replay.backend),
    encode(replay.server),
    level,
    replay.operations.join("."),
    writeChoices(replay.choices),
    replay.faults.map(writeFault).join("."),
    replay.expected.whole,
    replay.expected.steps,
  ].join("~");
  return `${text}~${checksum(text)}`;
}

/** The token of a failure's smallest schedule. */
export function tokenFor(
  where: Pick<Replay, "program" | "backend" | "server" | "isolation">,
  { smallest, expected }: { readonly smallest: Trace; readonly expected: Fingerprint },
): string {
  const { operations, choices, faults } = smallest;
  const { whole, steps } = expected;
  const withSteps = (letters: string): string =>
    writeToken({ ...where, operations, choices, faults, expected: { whole, steps: letters } });
  const room = token_length_max - withSteps("").length;
  return withSteps(steps.length <= room ? steps : steps.slice(0, Math.max(0, room - (room % 2))));
}

/** @throws BadToken that says in one sentence what is wrong */
export function readToken(token: string): Replay {
  const text = token.trim();
  if (!/^rp\d+~/.test(text))
    throw new BadToken(`This is no token: it should begin with ${version}~.`);
  if (!text.startsWith(`${version}~`)) {
    throw new BadToken(
      `This token is from another version of raceproof; this one reads ${version}~….`,
    );
  }
  const cut = text.lastIndexOf("~");
  const parts = text.slice(0, cut).split("~");
  if (checksum(text.slice(0, cut)) !== text.slice(cut + 1) || parts.length !== 10) {
    throw new BadToken("This token has a typing error, or a part of it is missing: copy it again.");
  }
  const [, program, backend, server, level, operations, choices, faults, whole, steps] = parts as [
    ...[string, string, string, string, string, string, string, string, string, string],
  ];
  return {
    program: decode(program),
    backend: decode(backend),
    server: decode(server),
    isolation: levels[level] ?? null,
    operations: operations.split(".").map(Number),
    choices: readChoices(choices),
    faults: faults === "" ? [] : faults.split(".").map(readFault),
    expected: { whole, steps },
  };
}

/**
 * The fingerprint of a run.
 * @param again how it compares with another run of the same schedule; if not given, all values count
 */
export function fingerprint(trace: Trace, again?: Comparison): Fingerprint {
  const text = again?.same ? again.text : describeTrace(trace);
  const statements = again?.same ? again.statements : trace.steps.map((step) => step.statement);
  const letters = trace.steps.map(({ client }, i) => lettersOf(client, statements[i] as string));
  return { whole: hash(text).slice(0, 8), steps: `${letters.join("")}.` };
}

/**
 * The first step, from 0, that is another than before: of another client, or another statement whatever its
 * values. Undefined when none of the steps is that are known.
 */
export function firstOtherStep(before: Fingerprint, now: Fingerprint): number | undefined {
  for (let at = 0; at < before.steps.length; at += 2) {
    if (now.steps.slice(at, at + 2) !== before.steps.slice(at, at + 2)) return at / 2;
  }
  return undefined;
}

/** Numbers and words with digits in them are values, and so is what has got a name. */
function lettersOf(client: number, statement: string): string {
  return hash(`${client} ${statement.replace(/<?[\w-]*\d[\w-]*>?/g, "#")}`).slice(-2);
}

const checksum = (text: string): string => hash(text).slice(0, 4);

function hash(text: string): string {
  return BigInt(`0x${createHash("sha256").update(text).digest("hex")}`).toString(36);
}

const encode = (text: string): string =>
  encodeURIComponent(text)
    .replaceAll("%20", "+")
    .replace(/[~!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
const decode = (text: string): string => decodeURIComponent(text.replaceAll("+", "%20"));

/** One digit (base 36) a choice; a capital letter stands for a run of zeros: A for 3, B for 4, … Z for 28. */
function writeChoices(choices: readonly number[]): string {
  const digits = trimmed(choices).map((choice) => (choice % 36).toString(36));
  return digits.join("").replace(/0{3,28}/g, (zeros) => String.fromCharCode(62 + zeros.length));
}

function readChoices(text: string): number[] {
  const digits = text.replace(/[A-Z]/g, (letter) => "0".repeat(letter.charCodeAt(0) - 62));
  return Array.from(digits, (digit) => Number.parseInt(digit, 36));
}

function writeFault(fault: Fault): string {
  const stays = fault.kind === "die" && fault.connection === "stays" ? "s" : "";
  const error = fault.kind === "error" ? `_${encode(fault.error)}` : "";
  return `${fault_letters[fault.kind]}${fault.client}-${fault.step}${stays}${error}`;
}

function readFault(text: string): Fault {
  const [, letter, client, step, stays, error = ""] =
    /^([ldef])(\d+)-(\d+)(s?)(?:_(.+))?$/.exec(text) ?? [];
  const place = { client: Number(client), step: Number(step) };
  if (letter === "d") return { kind: "die", ...place, connection: stays ? "stays" : "closes" };
  if (letter === "f") return { kind: "error", ...place, error: decode(error) };
  return { kind: letter === "e" ? "expire" : "lose reply", ...place };
}
