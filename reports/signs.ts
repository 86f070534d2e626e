/**
 * The result of a cell at a glance. `safe`: nothing went wrong. `retry`: nothing went wrong, but some operations fail
 * cleanly and have to be tried again. `fault`: it goes wrong when a reply or its lock is lost. `wrong`: it goes wrong
 * without that. `unknown`: nothing can be said, or no operation ever succeeds.
 */
export type Sign = "safe" | "retry" | "fault" | "wrong" | "unknown";

/** One character each, distinguishable without colours. */
export const signs: Readonly<Record<Sign, string>> = {
  safe: "✓",
  retry: "↻",
  fault: "!",
  wrong: "✗",
  unknown: "?",
};

/** The meaning of each sign. */
export const sign_words: Readonly<Record<Sign, string>> = {
  safe: "safe",
  retry: "safe, but some must try again",
  fault: "goes wrong when a reply or its lock is lost",
  wrong: "goes wrong",
  unknown: "no verdict, or nothing ever succeeds",
};

/** From best to worst. */
export const sign_order: readonly Sign[] = ["safe", "retry", "fault", "wrong", "unknown"];

/** Nothing goes wrong, also when a reply or a lock is lost. A way is safe that is so at every level of its server. */
export const isSafe = (sign: Sign): boolean => sign === "safe" || sign === "retry";
