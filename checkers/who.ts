import type { Header, Operation } from "../histories/event.ts";

/** "client 3": the client behind a process, which takes a new number after an `info`. */
export function who(operation: Operation, header: Header | undefined): string {
  const { process } = operation;
  if (process === "nemesis") return "the nemesis";
  if (header === undefined) return `process ${process}`;
  return `client ${process % header.clients}`;
}

/** " (key a)": said only where a history has several keys. */
export function ofKey(key: string, several: boolean): string {
  return several ? ` (key ${key})` : "";
}
