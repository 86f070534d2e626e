/** The servers that all test files under `tests/` share: started once a run, or nothing passes. */
import type { TestProject } from "vitest/node";
import type { ProgressEvent } from "../servers/progress.ts";
import { type Server, type ServerKind, server_kinds } from "../servers/server.ts";
import { startServer } from "../servers/start.ts";

/** What a test file may know of a server: `inject("servers").postgres.url`. */
export type ServerUnderTest = Pick<Server, "kind" | "url" | "source" | "origin" | "identity">;

declare module "vitest" {
  interface ProvidedContext {
    servers: Readonly<Record<ServerKind, ServerUnderTest>>;
  }
}

export default (project: TestProject): Promise<() => Promise<void>> => share(project, "local");

/** @returns a function that ends them again. @throws ServerUnavailable when one of them cannot be had. */
export async function share(
  project: TestProject,
  from: "local" | "container",
): Promise<() => Promise<void>> {
  const starts = await Promise.allSettled(
    server_kinds.map((kind) => startServer(kind, { from, progress: say() })),
  );
  const servers = starts.flatMap((start) => (start.status === "fulfilled" ? [start.value] : []));
  const stop = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()));
  };
  const failed = starts.find((start) => start.status === "rejected");
  if (failed !== undefined) {
    await stop();
    throw failed.reason;
  }
  const under_test = servers.map(({ kind, url, source, origin, identity }) => [
    kind,
    { kind, url, source, origin, ...(identity === undefined ? {} : { identity }) },
  ]);
  project.provide("servers", Object.fromEntries(under_test));
  return stop;
}

/** One line for each thing that begins; its progress would be too much in a test run. */
function say(): (event: ProgressEvent) => void {
  let last = "";
  return ({ what }) => {
    if (what !== last) console.log(what);
    last = what;
  };
}
