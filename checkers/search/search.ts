import type { Model } from "../model.ts";
import { breadthFirst } from "./breadth-first.ts";
import type { ForesightSteps } from "./cursor.ts";
import { depthFirst } from "./depth-first.ts";
import { Foresight } from "./foresight.ts";
import { guided } from "./guided.ts";
import type { Problem } from "./problem.ts";
import type { Budget, SearchResult } from "./search-result.ts";
import { texts, treeOf } from "./texts/texts.ts";
import { Transitions } from "./transitions.ts";

/**
 * Most histories have many orders, and depth-first search finds one in this many turns for each event; or in a
 * number that does not matter.
 */
const easy_turns = 4;
const short_turns = 40_000;
/** If that fails, an order is looked for where it is likely, first quickly, then with more patience: in such widths. */
const widths = { quickly: [4, 32, 128], patiently: [512] };
/** Where the states are texts: how often that search may be stuck at one place. */
const attempts = { quickly: 8, patiently: 40 };
/** The most pairs of a call that overwrites and a call that observes for which foresight is quick. */
const most_pairs = 2 ** 20;
/** With more places than this at one position, depth-first search is the better bet. */
const too_wide = 20_000;

/**
 * Whether one key's history is linearizable, exactly.
 *
 * The exact searches (depth-first.ts, breadth-first.ts) are Wing and Gong's with Lowe's memory (Testing for
 * linearizability, 2017), and place operations just in time. Between them guided.ts, or where the
 * states are texts texts/texts.ts, looks for an order where it is likely. This essay says which moves the exact ones leave out, and why they still find an order whenever there is one. It is
 * tested against brute force (search.test.ts) and on large histories whose verdicts are certain (../constructed).
 *
 * WORDS. An operation is *open* from its call to its return, a crashed one for ever. A *place* is: a position in the
 * history, the model's state, which open operations were placed, which of the others are *waived* (they may be placed
 * but need not be), and how many crashed ones of each class were used. Operations of one *class* look alike to the
 * model. The search *stops* at the return of an operation that is not placed, and only there makes *moves*: it places an
 * operation that is open, or passes over the one that returns, if it is waived. A *way* is a row of moves from a
 * place to the end of the history. Its length is how many operations it places; of two ways of equal length, the
 * one whose place lies further on counts as shorter. One place is *as good as* another at the same position if
 * for every way from the other there is one from it that is no longer.
 *
 * JUST IN TIME. To stop only there loses nothing. Take any legal order and let each operation be placed at the
 * earliest return among its own and those of all that come after it in the order. Those times grow along the order,
 * and the operation was called by then: else the one that returns there would precede it in time. And a move may
 * always be made later, at the next stop: what is not placed has not returned there, or the search had stopped.
 *
 * HOW EACH RULE IS PROVED. For a move that is not tried, we show another one that is tried and begins a way that is no
 * longer; for a place that is not kept, one that is kept and as good. By induction on the length: if there
 * is a way from a place that was reached, the search comes to the end. Each of a way's moves makes it shorter.
 *
 * 1. OBSERVATIONS are placed, without a move, as soon as they are open and true. Whatever order places one later is
 *    as legal with it moved here: it leaves the state as it is (Model.observes).
 *
 * 2. WAIVED BY OVERWRITING. When w overwrites (Model.overwrites), every open x that overwrites becomes waived. Sound: x
 *    fits in just before w. It can happen in every state, and after w nothing depends on it. x is open
 *    here, so time allows it. Nothing is lost, as x may still be placed.
 *
 *    Where a model says what a state can still reach, all that does not observe can happen in every state
 *    (Model.reaches): there w waives every open x that does not observe, by the same proof.
 *
 *    The same where only a part of the state is overwritten (Model.part): w waives what sets the same part.
 *    x, just before w, changes nothing but what w sets then. (6 and 7 are not for those: what sets another part is no reason
 *    to leave w out. And to set a part without a change may still waive: so 5 is not for those either.)
 *
 * 3. WAIVED IS BEST. A place in which x is waived is as good as one in which x must be placed (all else equal: the
 *    same way), and as one in which x was placed already (the way passes over x where it returns).
 *    So is a place with more observations made, or fewer crashed operations used: the same moves, made at
 *    the next stop. Hence `Places` drops a place if it has another one, in the same state, with no more crashed
 *    operations, that is better or equal in each open operation. (A dropped place may have been on the way
 *    already: depth-first it is left to its end all the same. Breadth-first its crashed moves are left to the one
 *    that dropped it, which was added later; so there is a last one, and that one makes them.)
 *
 * 4. LOOK-ALIKES. Let x and y be open and of one class, x the first to return, and a way begin with y.
 *    - Neither waived, or both, or only y: begin with x, and let y do what x did in the way. If x was placed
 *      later, or became waived later, that was before x returned, so y was open: it can, too. If x was waived and passed
 *      over: y is waived now, so it can be. If y was waived and x not: x had to be placed or become waived; y need not.
 *    - Only x is waived: if the way passes over x, x cannot stand for y, which must be placed. If the way places both,
 *      with x gone by the time of the second, y cannot stand for x. So both are tried. (Only x was, once, and
 *      a legal history was called impossible.) But where the class overwrites, x is enough: it waives y.
 *    Hence of each class two are tried at most: the first of those that must be placed, and the first of the waived
 *    if it returns before that; of a class that overwrites the first of all.
 *    - A crashed operation is not tried while one of its class is open: begin with that one, x, instead, and if the
 *      way places x later, with the crashed one there. If not, one crashed operation less is used: 3.
 *    Crashed ones of a class are open for ever and may all be left out: only their number matters.
 *
 * 5. MOVES THAT DO NOTHING. If x leaves the state as it is, does not overwrite, and is waived: the place without the
 *    move is as good by 3, and the way goes on from it, one shorter. The same if x crashed, and leaves the state
 *    as it is, and does not overwrite or leaves nothing to be waived.
 *
 * 6. OVERWRITING TWICE. After w, if nothing was observed and the search has not gone on, no v that overwrites is
 *    tried ("unseen"). Instead of w, then v: only v, one shorter. It led to the same state, and waives w, if w
 *    did not crash, and all that w waived (2). v was tried where w was, or left out there by 4, 5, 7, or by this
 *    rule: then the same is said of the move before w. (After Foresight waives more than that, the rule does not hold:
 *    w, then what was waived, then v is more than v. So it does not apply there.)
 *
 * 7. NOBODY SEES IT. Suppose all that is open and not placed overwrites or observes, and so does all that ever crashed,
 *    and what returns here, r, is waived or observes. Then a w that overwrites is not tried if no open
 *    observation is true after it, unless w = r. The next move of the way is one of two. (a) It places another v that
 *    overwrites: then begin with v, as in 6. (b) It passes over r: then do that first, and place w at the next stop.
 *    Observations that come in between and are true after w are still open there, and more operations
 *    are open to be waived. Nothing else can come next: if r observes, it is not true after w.
 *
 * 8. FORESIGHT, where a model says what a state can still reach and all that does not observe can happen in every
 *    state (Model.reaches), or where all that does not observe overwrites: see foresight.ts.
 *    - Hopeless: the state does not reach some observation that is not placed, open now or called later, and after
 *      nothing that overwrites and may still be placed before it returns could it be reached. The last one to overwrite
 *      between here and there would have to be such a one; or if there is none, the state be one that reaches it.
 *    Let n be the observation, of those not placed, that returns first.
 *    - Lost: the state does not reach n, nor any observation that is called before n returns. Then something overwrites
 *      before n, and before the first that does, w, the way places no observation. So it may leave out all that
 *      it places before w, if that is waived: 3. It may be: all of it can happen unseen, in any order, just before
 *      w, and all that is open at a stop before w is waived there. If no observation is left, the same
 *      holds to the end. The state does not matter before w, nor after: one number stands for all.
 */
export function search<State>(
  problem: Problem,
  model: Model<State>,
  budget: Budget = {},
): SearchResult {
  const transitions = stepsOf(problem, model);
  const turns = Math.max(short_turns, easy_turns * problem.events.length);
  const easy = depthFirst(problem, transitions, { turns, ...budget });
  if (easy.kind !== "gave up" || easy.why !== "turns") return easy;
  const quickly = firstEnough(lookers(problem, model, transitions, "quickly"), budget);
  if (quickly !== undefined) return quickly;
  const outcome = breadthFirst(problem, transitions, { places: too_wide, ...budget });
  if (outcome.kind !== "gave up" || outcome.why !== "width") return outcome;
  const patiently = firstEnough(lookers(problem, model, transitions, "patiently"), budget);
  return patiently ?? depthFirst(problem, transitions, budget);
}

type Looker = (budget: Budget) => SearchResult;

/** Searches that find an order or give up. */
function lookers<State>(
  problem: Problem,
  model: Model<State>,
  transitions: ForesightSteps,
  how: "quickly" | "patiently",
): Looker[] {
  const tree = treeOf(problem, model);
  if (tree !== undefined) return [(budget) => texts(problem, model, tree, attempts[how], budget)];
  return widths[how].map((width) => (budget) => guided(problem, transitions, width, budget));
}

/** The outcome of the first one that is enough, or for which something else ran out. */
function firstEnough(lookers: readonly Looker[], budget: Budget): SearchResult | undefined {
  for (const looker of lookers) {
    const found = looker(budget);
    if (found.kind !== "gave up" || (found.why !== "width" && found.why !== "turns")) return found;
  }
  return undefined;
}

/** A model's transitions, looking ahead where it says how. */
export function stepsOf<State>(problem: Problem, model: Model<State>): ForesightSteps {
  const packed = model.packed?.(problem.calls);
  const transitions = new Transitions(
    packed === undefined ? model : { ...model, ...packed },
    problem,
  );
  if (packed !== undefined) return transitions;
  if (model.reaches === undefined && !onlyOverwritten(problem)) return transitions;
  return new Foresight(problem, transitions, model.reaches?.bind(model));
}

/** Whether all that changes a state overwrites it, and there are not too many values for foresight. */
function onlyOverwritten({ calls, observes, overwrites }: Problem): boolean {
  const writing = calls.filter((_, of_class) => overwrites[of_class] === 1).length;
  const observing = calls.filter((_, of_class) => observes[of_class] === 1).length;
  return writing + observing === calls.length && writing * observing <= most_pairs;
}
