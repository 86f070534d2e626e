import type { Parser, ParserOptions, Sink } from "./parser.ts";
import { EdnParser } from "./read-edn.ts";
import { EtcdParser, etcd_beginning } from "./read-etcd.ts";
import { JepsenLogParser, jepsen_log_line } from "./read-jepsen-log.ts";
import { JsonlParser } from "./read-jsonl.ts";
import { LimoParser, limo_header } from "./read-limo.ts";
import { PolylinParser, polylin_header } from "./read-polylin.ts";

/** The formats of history files. */
export const formats = ["jsonl", "json", "edn", "jepsen-log", "polylin", "limo", "etcd"] as const;
/** One of them. */
export type Format = (typeof formats)[number];

/** The format that a file's beginning looks like. @returns undefined when it does not look like a history */
export function detectFormat(beginning: string): Format | undefined {
  const lines = beginning.split("\n", 10_000).map((line) => line.replace(/\r$/, ""));
  const first = lines.find((line) => line.trim() !== "") ?? "";
  if (limo_header.test(first)) return "limo";
  if (polylin_header.test(first)) return "polylin";
  if (etcd_beginning.test(first)) return "etcd";
  const bare = beginning.replace(/^(?:[\s,]|;.*\n)+/u, "");
  if (/^\[\s*(?:\{\s*(?:"|$)|\]|$)/.test(bare)) return "json";
  // Indented, over several lines: pretty-printed JSON.
  if (/^\{(?:\s*"[^\n]*[{[,])?\s*\n[ \t]+["}\]]/.test(bare)) return "json";
  if (/^\{\s*(?:"|$)/.test(bare)) return "jsonl";
  if (/^(?:[[({]|#(?!\s))/.test(bare)) return "edn";
  return lines.some((line) => jepsen_log_line.test(line)) ? "jepsen-log" : undefined;
}

export function parserFor(format: Format, sink: Sink, options: ParserOptions = {}): Parser {
  switch (format) {
    case "jsonl":
      return new JsonlParser(sink, options);
    case "json":
      return new EdnParser(sink, options, "json");
    case "edn":
      return new EdnParser(sink, options);
    case "jepsen-log":
      return new JepsenLogParser(sink, options);
    case "polylin":
      return new PolylinParser(sink, options);
    case "limo":
      return new LimoParser(sink, options);
    case "etcd":
      return new EtcdParser(sink, options);
    default:
      throw new Error(`There is no format ${String(format)}.`);
  }
}
