/** A server of a test file's own, for tests that others at the same server would disturb. */
import { afterAll, beforeAll, inject } from "vitest";
import type { Server, ServerKind } from "../servers/server.ts";
import { startServer } from "../servers/start.ts";

/** The server comes from where the shared one comes from. @returns its URL, from `beforeAll` on */
export function ownServer(kind: ServerKind): () => string {
  let server: Server | undefined;
  beforeAll(async () => {
    server = await startServer(kind, { from: inject("servers")[kind].source });
  });
  afterAll(() => server?.[Symbol.asyncDispose]());
  return () => server!.url;
}
