import type { Model } from "../model.ts";
import { breadthFirst } from "./breadth-first.ts";
import { depthFirst } from "./depth-first.ts";
import { Foresight } from "./foresight.ts";
import type { Budget, Outcome } from "./outcome.ts";
import type { Problem } from "./problem.ts";
import { type Steps, Transitions } from "./transitions.ts";

/** Most histories have many orders, and one of them is found in so many turns for each event. */
const easy_turns = 4;
/** Where so many places are possible at once, luck is the better way. */
const too_wide = 20_000;

/**
 * Whether one key's history is linearizable, exactly.
 *
 * Both searches place operations just in time (Lowe 2017): only when an operation returns and was not
 * placed yet are open operations placed, one after the other, until it is. What makes it fast, each without
 * changing the answer:
 * - what only observes is placed as soon as it is open and true (see Model.observes);
 * - of open operations that look alike, only the one that returns first is tried;
 * - crashed operations that look alike count as one, and a place reached with fewer of them makes the
 *   one with more needless;
 * - what only overwrites may be placed unseen just before another overwriting one: so after one of them,
 *   the others that are open need not be placed any more, though they may ("waived").
 * - where a model says what a state can still reach, what cannot be reached is not tried (see Foresight).
 * Checked against brute force in search.test.ts.
 */
export function search<State>(problem: Problem, model: Model<State>, budget: Budget = {}): Outcome {
  const transitions = stepsOf(problem, model);
  const turns = easy_turns * problem.events.length;
  const easy = depthFirst(problem, transitions, { turns, ...budget });
  if (easy.kind !== "gave up" || easy.why !== "turns") return easy;
  const outcome = breadthFirst(problem, transitions, { places: too_wide, ...budget });
  if (outcome.kind !== "gave up" || outcome.why !== "width") return outcome;
  return depthFirst(problem, transitions, budget);
}

/** A model's transitions, looking ahead where it says how. */
export function stepsOf<State>(problem: Problem, model: Model<State>): Steps {
  const transitions = new Transitions(model, problem);
  const reaches = model.reaches?.bind(model);
  return reaches === undefined ? transitions : new Foresight(problem, transitions, reaches);
}
