/** What the clients of a program keep in memory, as if it were a table with a row for each client. */
import type { Contents } from "../../backends/backend.ts";
import { in_memory, type Row, type TableRows } from "../../backends/rows.ts";
import { plainData } from "../../histories/plain-data.ts";
import type { Program } from "../program.ts";

/** @returns nothing if the program does not tell its state */
export async function memoryOf<Client>(
  program: Program<Client>,
  clients: readonly Client[],
): Promise<readonly [string, TableRows][]> {
  if (!program.state) return [];
  const states = await Promise.all(clients.map(async (client) => program.state?.(client)));
  return [[in_memory, { rows: states.map(rowOf), sequences: {} }]];
}

/** The same, to compare what set-ups have left. */
export async function contentsOf<Client>(
  program: Program<Client>,
  clients: readonly Client[],
): Promise<Contents> {
  const memory = await memoryOf(program, clients);
  return new Map(
    memory.flatMap(([, { rows }]) =>
      rows.map(({ client, ...held }) => {
        const name = `the memory of client ${String(client)}`;
        return [name, { rows: Object.keys(held).length, checksum: JSON.stringify(held) }] as const;
      }),
    ),
  );
}

function rowOf(state: unknown, i: number): Row {
  const held = plainData(state instanceof Map ? Object.fromEntries(state) : state) ?? null;
  const parts = typeof held === "object" && !Array.isArray(held) ? held : { state: held };
  return { client: String(i + 1), ...parts };
}
