/** What a program did without the effect that it was for, in words. */
import { shownStatement } from "../histories/shortened.ts";
import type { Note } from "../schedules/notes.ts";

const words: Readonly<Record<Note["kind"], (step: string, note: Note) => string>> = {
  "no transaction": (step) => `${step} had no effect: no transaction was open on its connection.`,
  "too late": (step) =>
    `${step} was refused: it must come before the first statement of its transaction.`,
  "next transaction": (step) =>
    `${step} came while a transaction was open: the level is in force from the next one on, and not in this one.`,
  "went on": (step, { client, code = "" }) =>
    `client ${client} went on in its transaction after error ${code} of ${step}: all that followed was refused (25P02), and nothing of it is kept.`,
  "returned open": (step) =>
    `after ${step} its connection went back to the pool before the transaction had ended: whoever gets it next works in that transaction, and its other statements may go elsewhere. Take one connection from the pool for all of them.`,
  "left open": (step) =>
    `${step} was its last statement, in a transaction that was left open: nothing of it is kept until somebody commits.`,
  "not kept": (step) =>
    `${step} was answered with ROLLBACK, because its transaction had failed: nothing of it was kept, and the operation ended without an error.`,
};

export function noteInWords(note: Note): string {
  const statement = `\`${shownStatement(note.statement)}\``;
  const step = note.kind === "went on" ? statement : `client ${note.client}'s ${statement}`;
  return words[note.kind](step, note);
}
