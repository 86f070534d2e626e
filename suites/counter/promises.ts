import type { AfterFault, Promised } from "../../matrix/promise.ts";

/**
 * Loses updates.
 * @param under_load codes that only a load may bring out
 */
export const loses = (...under_load: string[]): Promised => ({
  shows: ["lost update"],
  under_load: ["not linearizable", ...under_load],
});

export const lost: Promised = loses();

/** What a fault makes of a counter that loses an update by it; a read in between may be what shows it. */
export const lost_update: AfterFault = ["lost update", "not linearizable"];

/** What a fault makes of a counter that adds once more after it. */
export const counted_twice: AfterFault = ["counted twice", "not linearizable"];
