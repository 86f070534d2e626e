import { kept, type Promised } from "../../../matrix/promise.ts";
import { lost } from "../promises.ts";

/**
 * Outside a transaction each statement has its own snapshot. From REPEATABLE READ on, one that had to
 * wait for the row finds it newer than that; in a schedule it never waits, so only a load shows it.
 */
const under_load = ["40001"];

export const keptInAutocommit: Promised = { ...kept, under_load };
export const lostInAutocommit: Promised = { ...lost, under_load };
