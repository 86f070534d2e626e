import type { Operation } from "../../histories/event.ts";
import type { Call, Model } from "../model.ts";
import { plainText } from "../plain-text.ts";
import type { Question } from "./question.ts";

/** No model has an operation of this name. */
const probe_name = "\0probe";

/**
 * All states in which the operation may find the object. The operation is replaced by a probe, and the search
 * is asked again and again for a state that it has not found yet, until there is none.
 * @param most give up when there are more states than this
 * @returns undefined when there are more, or when there was no time
 */
export function possibleStates<State>(
  question: Question<State>,
  needed: ReadonlySet<Operation>,
  operation: Operation,
  most: number,
): State[] | undefined {
  const states: State[] = [];
  const known = new Set<string>();
  for (;;) {
    const found = stateAt(question, needed, operation, {
      accepts: (state) => !known.has(plainText(state)),
      reaches: () => true,
    });
    if (found === undefined) return undefined;
    if (found === "none") return states;
    if (states.length === most) return undefined;
    states.push(found.state);
    known.add(plainText(found.state));
  }
}

/** A condition on the state that an operation finds. */
export interface Wanted<State> {
  accepts(state: State): boolean;
  /** Whether a wanted state may still come about without anything being overwritten. */
  reaches(state: State): boolean;
  /** The part of a state that matters, if no other operation looks at the state. */
  essence?(state: State): State;
}

/**
 * A state in which the operation may find the object, and which is as wanted.
 * @returns "none" when there is none; undefined when there was no time
 */
export function stateAt<State>(
  question: Question<State>,
  needed: ReadonlySet<Operation>,
  operation: Operation,
  wanted: Wanted<State>,
): { state: State } | "none" | undefined {
  if (question.time_left_ms <= 0) return undefined;
  const { model, operations } = question;
  const probe: Operation = { ...operation, f: probe_name, input: null, output: null };
  const observing = model.observes?.(callOf(operation)) === true;
  const still_needed = new Set([...needed, probe]);
  still_needed.delete(operation);
  // The probe changes nothing, so what comes after an operation that does would find another state.
  if (!observing)
    for (const other of needed) if (other.returned > operation.invoked) still_needed.delete(other);
  still_needed.add(probe);
  const order = question
    .with({
      operations: operations.map((each) => (each === operation ? probe : each)),
      model: withProbe(model, wanted),
    })
    .order(still_needed);
  if (order === undefined || order === "none") return order;
  let state: State | undefined = model.init;
  for (const each of order) {
    if (each === probe) break;
    state = model.step(state, callOf(each));
    if (state === undefined) return undefined;
  }
  return { state };
}

function withProbe<State>(model: Model<State>, wanted: Wanted<State>): Model<State> {
  const probing = ({ f }: Call): boolean => f === probe_name;
  return {
    name: model.name,
    init: model.init,
    step: (state, call) => {
      if (probing(call)) return wanted.accepts(state) ? state : undefined;
      const next = model.step(state, call);
      return next === undefined || wanted.essence === undefined ? next : wanted.essence(next);
    },
    observes: (call) => probing(call) || model.observes?.(call) === true,
    overwrites: (call) => !probing(call) && model.overwrites?.(call) === true,
    ...(model.reaches === undefined
      ? {}
      : {
          reaches: (state, call) =>
            probing(call) ? wanted.reaches(state) : model.reaches!(state, call),
        }),
  };
}

/** What a model sees of an operation. */
export function callOf({ f, input, output, status }: Operation): Call {
  return { f, input, output: status === "ok" ? output : undefined };
}
