import { EdnParser } from "./read-edn.ts";
import { JepsenLogParser, jepsen_log_line } from "./read-jepsen-log.ts";
import { JsonlParser, type Parser, type Sink } from "./read-jsonl.ts";

/** The ways in which histories are written down. */
export const formats = ["jsonl", "edn", "jepsen-log"] as const;
export type Format = (typeof formats)[number];

/** What a file's beginning looks like. @returns undefined when it looks like no history */
export function detectFormat(beginning: string): Format | undefined {
  if (beginning.split("\n").some((line) => jepsen_log_line.test(line))) return "jepsen-log";
  const bare = beginning.replace(/^(?:[\s,]|;.*\n)+/u, "");
  if (/^\{\s*(?:"|$)/.test(bare)) return "jsonl";
  return /^[[({#]/.test(bare) ? "edn" : undefined;
}

export function parserFor(format: Format, sink: Sink, independent: boolean): Parser {
  switch (format) {
    case "jsonl":
      return new JsonlParser(sink);
    case "edn":
      return new EdnParser(sink, independent);
    case "jepsen-log":
      return new JepsenLogParser(sink, independent);
    default:
      throw new Error(`There is no format ${String(format)}.`);
  }
}
