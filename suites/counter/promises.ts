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

/** For a fault that makes the counter lose an update. In a load, a read in between may be what shows it. */
export const lost_update: AfterFault = ["lost update", "not linearizable"];

/** For a fault after which the counter adds once more. */
export const counted_twice: AfterFault = ["counted twice", "not linearizable"];
