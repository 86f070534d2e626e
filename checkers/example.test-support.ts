/** A header and an operation for tests, which say only what matters to them. */
import type { Header, Operation } from "../histories/event.ts";

export const header: Header = {
  raceproof: 1,
  backend: "",
  server: "",
  strategy: "",
  isolation: null,
  seed: 0,
  clients: 1,
  initial: 0,
  started: "",
};

export const operation: Operation = {
  process: 0,
  f: "read",
  key: "",
  input: null,
  output: null,
  status: "ok",
  error: undefined,
  invoked: 0,
  returned: 1,
  invoked_ns: 0,
  returned_ns: 1,
};
