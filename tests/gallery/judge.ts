import { now_ms } from "../../backends/real-time.ts";
import { explore, RaceFound } from "../../library/explore.ts";
import type { Repair } from "../../repairs/repair.ts";
import type { ServerKind } from "../../servers/server.ts";
import { type GalleryProgram, type Shelf, whereOf } from "./program.ts";

/** What raceproof says of one form of a program. */
export interface Said {
  readonly said: "race" | "proof" | "nothing found" | "trouble";
  readonly text: string;
  /** Without the repairs that were tried. */
  readonly took_ms: number;
  readonly schedules: number;
  /** What was tried after a race and proved, and the time for all that was tried. */
  readonly proved: readonly Repair[];
  readonly repairs_took_ms: number;
}

export interface Judged {
  /** `postgres+redis`; `mysql, Knex`. */
  readonly where: string;
  readonly name: string;
  readonly racy: Said;
  readonly repaired: Said;
}

/** Where the servers are, by their kind. */
export type Servers = Readonly<Partial<Record<ServerKind, { readonly url: string }>>>;

/** Explores a program, as it is and repaired. */
export async function judge<Client>(
  shelf: Shelf<Client>,
  program: GalleryProgram<Client>,
  servers: Servers,
): Promise<Judged> {
  return {
    where: whereOf(shelf),
    name: program.name,
    racy: await judgeForm(shelf, program, "racy", servers),
    repaired: await judgeForm(shelf, program, "repaired", servers),
  };
}

/** Whether the race was found, and the repaired program not reported. */
export const isRight = ({ racy, repaired }: Judged): boolean =>
  racy.said === "race" && (repaired.said === "proof" || repaired.said === "nothing found");

async function judgeForm<Client>(
  shelf: Shelf<Client>,
  program: GalleryProgram<Client>,
  form: "racy" | "repaired",
  servers: Servers,
): Promise<Said> {
  const { kinds, open, close } = shelf;
  const schema = form === "repaired" ? (program.repaired_schema ?? program.schema) : program.schema;
  const common = {
    name: `${whereOf(shelf)}: ${program.name}, ${form}`,
    setup: program.setup,
    run: program[form],
    ...(close ? { close } : {}),
  };
  const [first, second] = kinds as [ServerKind, ServerKind | undefined];
  const began_ms = now_ms();
  const took = (): number => Math.round(now_ms() - began_ms);
  try {
    const { proof, text, schedules } = await (second === undefined
      ? explore<Client, { readonly url: string }>({
          ...common,
          database: servers[first]!,
          ...(schema === undefined ? {} : { schema }),
          client: (url) => open(url),
        })
      : explore({
          ...common,
          database: { first: servers[first]!, second: servers[second]! },
          schema: { first: schema ?? "" },
          client: (urls) => open(urls.first, urls.second),
        }));
    const said = proof ? "proof" : "nothing found";
    return { said, text, took_ms: took(), schedules, proved: [], repairs_took_ms: 0 };
  } catch (error) {
    const { message } = error as Error;
    const is_race = error instanceof RaceFound;
    const schedules = is_race ? error.exploration.schedules : 0;
    const tried = is_race ? error.repairs : [];
    const repairs_took_ms = Math.round(tried.reduce((sum, one) => sum + one.tookMs, 0));
    return {
      said: is_race ? "race" : "trouble",
      text: message,
      took_ms: took() - repairs_took_ms,
      schedules,
      proved: tried.flatMap(({ repair, result }) => (result.kind === "proof" ? [repair] : [])),
      repairs_took_ms,
    };
  }
}
