import { valueInWords } from "../backends/speaker.ts";
import type { Answer } from "./ended.ts";
import { type Order, orderInWords, turnInWords } from "./orders.ts";
import type { Differing } from "./pairs.ts";
import { isRecord } from "./same.ts";

const lines_max = 10;
const value_length_max = 80;

/** How an operation gives its result: a function answers, a process prints. */
export type Verb = "answered" | "printed";

/** Says which serial order is nearest, and what is different there, place by place. */
export function unlikeText(order: Order, places: readonly Differing[], verb: Verb): string {
  const lines = [...new Set(places.map((place) => placeInWords(place, verb)))];
  const more = lines.length - lines_max;
  return [
    `one after the other the clients never end like this. The nearest is ${orderInWords(order)}:`,
    ...lines.slice(0, lines_max).map((line) => `  ${line}`),
    ...(more > 0 ? [`  and ${more} places more`] : []),
  ].join("\n");
}

/** `account, id = alice: balance = 70, there 40`. */
function placeInWords({ path, one, two, rows, table, answers }: Differing, verb: Verb): string {
  if (answers) return answersInWords(...answers, verb);
  const [row, other] = rows ?? [];
  if (row === undefined || !isRecord(row)) return `${table}: ${inWords(other)} is not there`;
  if (other === undefined || !isRecord(other)) return `${table}: ${inWords(row)} is only there`;
  const [name = ""] = Object.keys(row);
  const inside = path.slice(table?.length).replace(/^\[.*?\](?=\.)/, "");
  const column = inside.replace(/^\./, "") || name;
  if (column === name) return `${table}: ${inWords(other)}, there ${inWords(row)}`;
  return `${table}, ${name} = ${inWords(row[name])}: ${column} = ${inWords(two)}, there ${inWords(one)}`;
}

function answersInWords(serial: Answer, now: Answer, verb: Verb): string {
  const who = turnInWords(now, now.operation > 1);
  const said = ({ how, value }: Answer): string =>
    how === "answered" ? `${verb} ${inWords(value)}` : `failed with ${inWords(value)}`;
  return `${who} ${said(now)}, there it ${said(serial)}`;
}

/** What was different when the same order was run again. */
export function unsteadyPlaceText({ path, one, two, table, rows }: Differing): string {
  const place =
    path === table && rows
      ? `${table}, a row`
      : path.replace(/^client (\d+)/, "what client $1 answered, ");
  return `${place.replace(/, $/, "").replace(", .", ", ")}: ${inWords(one)}, and then ${inWords(two)}`;
}

function inWords(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = isRecord(value) && !isList(value) ? rowInWords(value) : plainInWords(value);
  return text.length > value_length_max ? `${text.slice(0, value_length_max)}…` : text;
}

const rowInWords = (row: Readonly<Record<string, unknown>>): string =>
  `(${Object.entries(row)
    .map(([name, value]) => `${name} ${plainInWords(value)}`)
    .join(", ")})`;

function plainInWords(value: unknown): string {
  if (isRecord(value) && isList(value)) return JSON.stringify(Object.values(value));
  return value === "" ? '""' : valueInWords(value);
}

const isList = (value: Readonly<Record<string, unknown>>): boolean =>
  "0" in value || Object.keys(value).length === 0;
