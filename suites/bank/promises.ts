import type { Promised } from "../../matrix/promise.ts";

/** In every right order account `a` covers one transfer only: the second is refused. */
const refuses = ["refused"];

/** Right, though some transfers fail cleanly with these codes, as they do when there is not enough money. */
export const fails = (...codes: string[]): Promised => ({ fails: [...refuses, ...codes] });

export const right: Promised = fails();

/** Overwrites what another transfer wrote. Of many such mistakes the total may come out right, by chance. */
export const wrongTotal: Promised = {
  ...right,
  shows: ["wrong total"],
  under_load: ["wrong balance"],
};

/** Takes more than there is. */
export const overdraws: Promised = { ...right, shows: ["overdrawn"] };

/** A promise, and what only a load may bring out. */
export const underLoad = (promised: Promised, ...brings: string[]): Promised => ({
  ...promised,
  under_load: [...(promised.under_load ?? []), ...brings],
});
