/**
 * Whether a repair forbids what is right: with it, the operations run one after the other, where nothing can race. An
 * error that the server did not answer there before means that the caller could try again for ever.
 */
import { serialOrders } from "../oracle/orders.ts";
import { type ExplorationOptions, sizeOf } from "../schedules/options.ts";
import { newLane } from "../schedules/run/new-lane.ts";
import { pickFrom } from "../schedules/search/search.ts";
import { inTurn } from "../schedules/search/turns.ts";
import { errorCodesIn } from "./mended-program.ts";

/** The codes with which the server refuses statements when the operations run one after the other. */
export async function codesInTurn<Client>(options: ExplorationOptions<Client>): Promise<string[]> {
  const size = sizeOf(options);
  const orders = serialOrders(size) ?? [];
  const codes = new Set<string>();
  await inTurn(options.backend, async () => {
    await using lane = newLane(options);
    for (const order of orders.filter(({ length }) => length === orders[0]?.length)) {
      const { trace } = await lane.play({
        operations: size,
        in_turn: order,
        pick: pickFrom([]),
        faults: [],
      });
      for (const code of errorCodesIn(trace)) codes.add(code);
    }
  });
  return [...codes];
}
