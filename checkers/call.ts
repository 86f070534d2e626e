import type { Operation } from "../histories/event.ts";

/** Operations for which an answer of null means something. */
const asking = new Set(["read", "get", "dequeue", "pop", "remove-first", "remove-last"]);

/** "read → 5", "write 3", "cas [1,2] → false" */
export function call({ f, input, output, status }: Operation): string {
  const given = input === null || input === undefined ? "" : ` ${show(input)}`;
  const echoes = output === input && given !== "";
  const is_void = output === null && !asking.has(f);
  const answer = status !== "ok" || echoes || is_void ? "" : ` → ${show(output)}`;
  return `${f}${given}${answer}`;
}

export function show(value: unknown): string {
  if (value instanceof Set) return `{${[...value].map(show).join()}}`;
  if (value instanceof Map)
    return `{${[...value].map(([name, of]) => `${String(name)}: ${show(of)}`).join(", ")}}`;
  const text = JSON.stringify(value) ?? "nothing";
  return text.length <= 60 ? text : `${text.slice(0, 28)}…${text.slice(-28)}`;
}
