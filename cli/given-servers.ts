import { type Server, server_kinds } from "../servers/server.ts";
import { urlOf, urlServer } from "../servers/url.ts";
import { serverSources } from "./select.ts";

/** The servers that are someone else's: those that the flags name by URL, and those that the environment names. */
export function givenServers(flags: readonly string[]): Server[] {
  const sources = serverSources(flags);
  return server_kinds.flatMap((kind) => {
    const from = sources.get(kind) ?? urlOf(kind);
    return from === undefined || from === "local" || from === "container"
      ? []
      : [urlServer(kind, from)];
  });
}
