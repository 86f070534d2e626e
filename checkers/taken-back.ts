/**
 * What a crash takes back though somebody saw it.
 *
 * A server may show a commit to readers before it is on disk, and only then answer whoever committed. InnoDB does
 * (`trx_commit_in_memory` before the redo log is flushed), PostgreSQL and Redis do not. Killed in between, the server
 * forgets a value that a reader was told; nobody was told that it was written, so nothing that was acknowledged is
 * lost. Yet no order of the operations explains it: the read came before the crash, and after it the number is lower.
 *
 * Such reads were answered while an operation was under way of which nobody knows the outcome. Where all that is wrong
 * with a history is explained by them, it is this, and no fault of the code that made the writes.
 */
import type { History, Operation } from "../histories/event.ts";

/** What it is called wherever it shows. */
export const taken_back = "read taken back";

/** The history without the reads that a crash may have taken back; undefined where there are none. */
export function withoutTakenBack({ header, operations }: History): History | undefined {
  const unknown = operations.filter(({ f, status }) => f !== "read" && status === "info");
  const rest = operations.filter(
    (operation) => !unknown.some((one) => mayHaveSeen(operation, one)),
  );
  return rest.length === operations.length ? undefined : { header, operations: rest };
}

/** It is a read that was answered between the begin of a write and the moment when its client gave it up. */
function mayHaveSeen(read: Operation, write: Operation): boolean {
  if (read.f !== "read" || read.status !== "ok" || read.key !== write.key) return false;
  const given_up = write.returned_line ?? Number.POSITIVE_INFINITY;
  return write.invoked < read.returned && (read.returned_line ?? 0) < given_up;
}
