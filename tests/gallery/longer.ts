/**
 * Whether a repair that was proved for two clients is wrongly called safe: the racy program with this repair on the wire
 * runs again with three clients, in random schedules, judged by their serial orders.
 */
import { askedFor } from "../../library/asked-exploration.ts";
import type { ProgramOptions } from "../../library/explore-options.ts";
import { withProgram } from "../../library/open-program.ts";
import type { Repair } from "../../repairs/repair.ts";
import { tryRepair } from "../../repairs/try-repairs.ts";
import type { ServerKind } from "../../servers/server.ts";
import type { Servers } from "./judge.ts";
import type { GalleryProgram, Shelf } from "./program.ts";

const schedules = 100;

export interface Longer {
  readonly found: "race" | "none" | "not judged";
  readonly text: string;
}

/** @param shelf with one database */
export async function withThree<Client>(
  { kinds, open, close }: Shelf<Client>,
  { name, schema, setup, racy }: GalleryProgram<Client>,
  repair: Repair,
  servers: Servers,
): Promise<Longer> {
  const [kind] = kinds as [ServerKind];
  const options: ProgramOptions<Client, { readonly url: string }> = {
    name: `${name}, with three`,
    database: servers[kind]!,
    ...(schema === undefined ? {} : { schema }),
    client: (url) => open(url),
    setup,
    ...(typeof racy === "function" ? { run: racy, clients: 3 } : { run: [...racy, racy[0]!] }),
    ...(close ? { close } : {}),
    schedules,
    timeLimitMs: 60_000,
  };
  return withProgram(options, async (program) => {
    const serial = { ignore: [], allow: {}, may_refuse: true };
    const { exploration, oracle, until_ms } = askedFor(program.options, { serial });
    const trouble = await oracle!.rehearse(exploration);
    if (trouble) return { found: "not judged", text: `not judged (${trouble.kind})` };
    const { result, schedules: count } = await tryRepair(repair, {
      workshop: program.workshops[0]!,
      exploration,
      size: [1, 1, 1],
      retries: false,
      explore: (one) => oracle!.explore(one),
      until_ms,
    });
    if (result.kind === "race") return { found: "race", text: result.failure.message };
    return count > 0
      ? { found: "none", text: `none in ${count} schedules` }
      : { found: "not judged", text: `not judged (${result.kind})` };
  });
}
