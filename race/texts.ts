import { drawInterleaving } from "../reports/interleaving.ts";
import { clientFailedText, placeOf, type Subject } from "../reports/report.ts";
import type { FoundFailure } from "../schedules/exploration.ts";
import { OperationFailed } from "../schedules/program.ts";

/** Says first that the program goes wrong even without a race, then gives its own error. */
export function needsNoRaceText(
  subject: Subject,
  { smallest, error, message }: Pick<FoundFailure, "smallest" | "error" | "message">,
): string {
  return [
    `${subject.name}: this is not a race: it goes wrong on ${placeOf(subject)} also when the clients go one after the other`,
    ...(error instanceof OperationFailed ? [clientFailedText(error)] : [message]),
    ...(smallest.steps.length === 0 ? [never_connected] : [drawInterleaving(smallest)]),
  ].join("\n\n");
}

/** Fewer than two clients sent anything through their doors. */
export function nothingRacedText({ name }: Subject): string {
  return `${name}: fewer than two clients sent a request to the database, so nothing could race. ${never_connected}`;
}

const never_connected =
  "Where its database is, a client is told by its environment (DATABASE_URL, PGHOST, MYSQL_HOST, REDIS_URL and the " +
  'like, or what --env says, as --env "DB_PORT={port}"): it has to connect there.';
