import type { Promised } from "../../matrix/promise.ts";

/** Hands out the same number twice. */
export const duplicates: Promised = { shows: ["same number twice"] };
