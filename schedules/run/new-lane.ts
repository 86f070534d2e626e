import type { ExplorationOptions } from "../options.ts";
import { Lane, type LaneOptions } from "./lane.ts";

/** A lane for an exploration or a replay. @param more what is not among the options of an exploration */
export function newLane<Client>(
  options: Omit<ExplorationOptions<Client>, "clients" | "search">,
  more: Pick<LaneOptions, "fresh_start" | "patience_ms"> & { readonly number?: number } = {},
): Lane<Client> {
  const { backend, program, name, isolation, resend, own_database = false } = options;
  const { busy_limit_ms, step_limit, stuck_limit_ms } = options;
  const { number = 1, fresh_start } = more;
  const patience_ms = options.patience_ms ?? more.patience_ms;
  const lane_options: LaneOptions = {
    name,
    // Lanes in one database need keys of their own.
    key: own_database ? "" : `${backend.prefix}${name}${number === 1 ? "" : `-${number}`}`,
    warms_up: own_database,
    ...(fresh_start === undefined ? {} : { fresh_start }),
    ...(isolation === undefined ? {} : { isolation }),
    ...(resend === undefined ? {} : { resend }),
    ...(busy_limit_ms === undefined ? {} : { busy_limit_ms }),
    ...(step_limit === undefined ? {} : { step_limit }),
    ...(patience_ms === undefined ? {} : { patience_ms }),
    ...(stuck_limit_ms === undefined ? {} : { stuck_limit_ms }),
  };
  return new Lane(backend, program, lane_options);
}
