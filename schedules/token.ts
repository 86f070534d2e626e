import { createHash } from "node:crypto";
import type { Isolation } from "../backends/backend.ts";
import { type Fault, type Schedule, trimmed } from "./schedule.ts";
import { describeTrace, type Trace } from "./trace.ts";

/** What a token says: which program on which server, which schedule, and what should happen. */
export interface Replay extends Schedule {
  readonly program: string;
  readonly backend: string;
  readonly server: string;
  readonly isolation: Isolation | null;
  readonly operations: readonly number[];
  /** Fingerprint of the trace that was seen. */
  readonly expected: string;
}

/** A token that cannot be read, in one sentence. */
export class BadToken extends Error {}

const version = "rp1";
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
};

/**
 * A schedule in one word for a chat or a command line, of letters, digits, and `~ . - _ % +`:
 * `rp1~read-write~postgres~PostgreSQL+18.4~rc~1.1~01~~9f3a1c2b~k3f9`. All that takes effect is in it;
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
    replay.expected,
  ].join("~");
  return `${text}~${checksum(text)}`;
}

/** The token of a schedule that was seen. */
export function tokenFor(
  where: Pick<Replay, "program" | "backend" | "server" | "isolation">,
  trace: Trace,
): string {
  const { operations, choices, faults } = trace;
  return writeToken({ ...where, operations, choices, faults, expected: fingerprint(trace) });
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
  if (checksum(text.slice(0, cut)) !== text.slice(cut + 1) || parts.length !== 9) {
    throw new BadToken("This token has a typing error, or a part of it is missing: copy it again.");
  }
  const [, program, backend, server, level, operations, choices, faults, expected] = parts as [
    ...[string, string, string, string, string, string, string, string, string],
  ];
  return {
    program: decode(program),
    backend: decode(backend),
    server: decode(server),
    isolation: levels[level] ?? null,
    operations: operations.split(".").map(Number),
    choices: readChoices(choices),
    faults: faults === "" ? [] : faults.split(".").map(readFault),
    expected,
  };
}

/** Eight characters that differ when something else happened. */
export function fingerprint(trace: Trace): string {
  return hash(describeTrace(trace)).slice(0, 8);
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
  return `${fault_letters[fault.kind]}${fault.client}-${fault.step}${stays}`;
}

function readFault(text: string): Fault {
  const [, letter, client, step, stays] = /^([lde])(\d+)-(\d+)(s?)$/.exec(text) ?? [];
  const place = { client: Number(client), step: Number(step) };
  if (letter === "d") return { kind: "die", ...place, connection: stays ? "stays" : "closes" };
  return { kind: letter === "e" ? "expire" : "lose reply", ...place };
}
