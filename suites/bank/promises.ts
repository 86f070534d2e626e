import type { Promised } from "../../matrix/promise.ts";

/** Account `a` has money for only one of the two transfers, so in every correct order the second is refused. */
const refuses = ["refused"];

/** Nothing goes wrong, but some transfers fail cleanly: with these codes, or refused for lack of money. */
export const fails = (...codes: string[]): Promised => ({ fails: [...refuses, ...codes] });

export const right: Promised = fails();

/** Overwrites what another transfer wrote. After many such mistakes the total may be right by chance. */
export const wrongTotal: Promised = {
  ...right,
  shows: ["wrong total"],
  under_load: ["wrong balance"],
};

/** Takes more than there is. */
export const overdraws: Promised = { ...right, shows: ["overdrawn"] };

/** A promise, with anomalies and codes that only a load may show. */
export const underLoad = (promised: Promised, ...brings: string[]): Promised => ({
  ...promised,
  under_load: [...(promised.under_load ?? []), ...brings],
});
