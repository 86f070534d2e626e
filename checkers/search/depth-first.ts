import { CrashedSets } from "./crashed-sets.ts";
import { Cursor, type ForesightSteps, withWaived } from "./cursor.ts";
import { Moves } from "./moves.ts";
import { Places } from "./places.ts";
import type { Problem } from "./problem.ts";
import { type Budget, exhausted, type SearchResult } from "./search-result.ts";

/** A place on the way, with the moves that are left there. */
interface Frame {
  readonly position: number;
  readonly places: Places;
  readonly index: number;
  readonly order_length: number;
  readonly first_move: number;
  next_move: number;
  crashed_added: boolean;
}

/**
 * One way after the other, as far as it goes (Wing and Gong), with Lowe's memory of all places where it has
 * been. Finds an order soon where there are many, but may have to leave a great many dead ends.
 */
export function depthFirst(
  problem: Problem,
  transitions: ForesightSteps,
  budget: Budget,
): SearchResult {
  const crashed_sets = new CrashedSets(problem.calls.length);
  const cursor = new Cursor(problem, transitions, crashed_sets);
  const { timeline, order, order_at } = cursor;
  const moves = new Moves(problem, transitions, timeline, crashed_sets);
  const visited = new Map<number, Places>();
  const way: Frame[] = [];
  let furthest = 0;
  let bytes = 0;
  let turns = 0;

  const arrive = (): void => {
    const { position } = timeline;
    const hopeless_until = transitions.hopelessUntil?.(cursor) ?? -1;
    if (hopeless_until >= 0) {
      furthest = Math.max(furthest, hopeless_until);
      return;
    }
    furthest = Math.max(furthest, position);
    let places = visited.get(position);
    if (places === undefined) {
      places = new Places(timeline.open.length, crashed_sets);
      visited.set(position, places);
      bytes += 300;
    }
    bytes -= places.bytes;
    const needed = places.add(cursor, -1);
    bytes += places.bytes;
    if (!needed) return;
    const first_move = moves.count;
    moves.addSkip(cursor);
    moves.addOpen(cursor);
    const index = places.count - 1;
    const order_length = order.length;
    way.push({
      position,
      places,
      index,
      order_length,
      first_move,
      next_move: first_move,
      crashed_added: false,
    });
  };

  if (cursor.advance()) return success();
  arrive();
  for (let frame = way.at(-1); frame !== undefined; frame = way.at(-1)) {
    if ((++turns & 127) === 0) {
      if (budget.progress !== undefined) budget.progress[0] = furthest;
      const why =
        turns > (budget.turns ?? Number.POSITIVE_INFINITY)
          ? "turns"
          : exhausted(budget, bytes + transitions.bytes + crashed_sets.bytes + 200 * way.length);
      if (why !== undefined) return { kind: "gave up", why, events_passed: furthest };
    }
    timeline.backTo(frame.position);
    frame.places.load(frame.index, cursor);
    order.length = order_at.length = frame.order_length;
    if (frame.next_move === moves.count && !frame.crashed_added) {
      moves.addCrashed(cursor);
      frame.crashed_added = true;
    }
    if (frame.next_move === moves.count) {
      moves.count = frame.first_move;
      way.pop();
      continue;
    }
    const move = frame.next_move++;
    cursor.make(moves.operation(move), moves.state(move));
    if (cursor.advance()) return success();
    arrive();
  }
  return { kind: "impossible", blocked: ~problem.events[furthest]!, states: [] };

  function success(): SearchResult {
    return {
      kind: "linearizable",
      order: budget.witness === true ? withWaived(problem, order, order_at) : [],
    };
  }
}
