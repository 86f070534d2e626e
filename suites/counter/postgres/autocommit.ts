import { kept, type Promised } from "../../../matrix/promise.ts";
import { lost } from "../promises.ts";

/**
 * Outside a transaction each statement has its own snapshot. At REPEATABLE READ and above, a statement that had to
 * wait for the row fails when the row is newer than its snapshot. In a schedule it never waits, so only a load
 * shows this.
 */
const under_load = ["40001"];

export const keptInAutocommit: Promised = { ...kept, under_load };
export const lostInAutocommit: Promised = { ...lost, under_load };
