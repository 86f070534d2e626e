/** A backend of the matrix at a URL. */
import type { Backend } from "../backends/backend.ts";
import { backends } from "../matrix/backends.ts";
import type { Server, ServerKind } from "../servers/server.ts";

/** @throws CannotConnect in one sentence */
export function connect({ kind, url }: Pick<Server, "kind" | "url">): Promise<Backend<unknown>> {
  const entry = backends.find(({ name }) => name === kind)!;
  const server: Server = {
    kind,
    url,
    source: "url",
    origin: url,
    async [Symbol.asyncDispose]() {},
  };
  return entry.connect({ [kind]: server } as Record<ServerKind, Server>);
}
