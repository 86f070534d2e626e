import { drawInterleaving } from "../reports/interleaving.ts";
import { clientFailedText, placeOf, type Subject } from "../reports/report.ts";
import type { FoundFailure } from "../schedules/exploration.ts";
import { OperationFailed } from "../schedules/program.ts";
import type { Trace } from "../schedules/trace.ts";
import type { App } from "./options.ts";
import { RequestRefused } from "./request-failed.ts";

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

/**
 * Fewer than two clients sent anything through their doors.
 * @param trace of a run in which an app may have refused what it was asked, before it asked the database
 */
export function nothingRacedText({ name }: Subject, trace?: Pick<Trace, "results">): string {
  const refused = trace?.results.flatMap(({ client, error }) =>
    error instanceof RequestRefused ? [`client ${client}: ${error.told}`] : [],
  );
  return [
    `${name}: fewer than two clients sent a request to the database, so nothing could race. ${never_connected}`,
    ...(refused ?? []),
  ].join("\n\n");
}

/** Who the clients are, where they are instances of an app. */
export function instancesText({ requests }: App, clients: number): string {
  const sent = Array.from({ length: clients }, (_, i) => {
    const { name } = requests[i % requests.length]!;
    return `client ${i + 1} was sent ${name}`;
  });
  return `Each client is an instance of the app, which stays alive from schedule to schedule: ${sent.join(", ")}.`;
}

const never_connected =
  "Where its database is, a client is told by its environment (DATABASE_URL, PGHOST, MYSQL_HOST, REDIS_URL and the " +
  'like, or what --env says, as --env "DB_PORT={port}"): it has to connect there.';
