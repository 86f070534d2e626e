import type { ProgramOptions } from "../../library/explore-options.ts";
import type { ServerKind } from "../../servers/server.ts";

/** One program of the gallery, as people write it and as it is repaired. There is no assertion in it. */
export interface GalleryProgram<Client> {
  readonly name: string;
  /** Of the first database. */
  readonly schema?: string;
  /** Present if the repair is in the schema. */
  readonly repaired_schema?: string;
  readonly setup: ProgramOptions<Client>["setup"];
  readonly racy: ProgramOptions<Client>["run"];
  readonly repaired: ProgramOptions<Client>["run"];
}

/** A row as a driver answers it: whoever wrote the statement knows what is in it. */
// oxlint-disable-next-line typescript/no-explicit-any -- a program of the gallery is JavaScript as people write it.
export type Row = Readonly<Record<string, any>>;

/** All programs on the same databases. */
export interface Shelf<Client> {
  readonly kinds: readonly ServerKind[];
  /** The ORM in which they are written; absent where they use the plain driver. */
  readonly library?: string;
  /** @param urls one for each kind */
  readonly open: (...urls: readonly string[]) => Client | Promise<Client>;
  readonly close?: (client: Client) => unknown;
  readonly programs: readonly GalleryProgram<Client>[];
}

/** `postgres+redis`, `mysql, Knex`. */
export const whereOf = ({ kinds, library }: Pick<Shelf<never>, "kinds" | "library">): string =>
  kinds.join("+") + (library === undefined ? "" : `, ${library}`);
