/** Whatever a password looks like and wherever it is in a URL: no error shows it. No server listens at these URLs. */
import { describe, expect, test } from "vitest";
import { connectDynamodb } from "../backends/dynamodb/backend.ts";
import { connectMysql } from "../backends/mysql/backend.ts";
import { connectPostgres } from "../backends/postgres/backend.ts";
import { connectRedis } from "../backends/redis/backend.ts";
import { connectZookeeper } from "../backends/zookeeper/backend.ts";
import { urlServer } from "../servers/url.ts";
import { serverSources } from "./select.ts";

const secret = "S3CRET";
const ends = ["", "/w", "@w", ":w", "#w", "?w", "%w", "%40w", " w", "\\w", "é", "]", "=w", "&w"];
const places = [
  (scheme: string, password: string) => `${scheme}://root:${password}@127.0.0.1:1/db`,
  (scheme: string, password: string) => `${scheme}://:${password}@127.0.0.1:1`,
  (scheme: string, password: string) => `${scheme}://127.0.0.1:1/db?password=${password}`,
  (scheme: string, password: string) => `${scheme}:root:${password}@127.0.0.1:1`,
  (_: string, password: string) => `host=127.0.0.1 port=1 user=root password=${password}`,
];

describe.each([
  ["postgres", "postgres", connectPostgres],
  ["mysql", "mysql", connectMysql],
  ["redis", "redis", connectRedis],
  ["dynamodb", "http", connectDynamodb],
  ["zookeeper", "zookeeper", connectZookeeper],
] as const)("%s", (kind, scheme, connect) => {
  test.each(ends)(`${secret}%s`, async (end) => {
    for (const place of places) {
      const url = place(scheme, secret + end);
      const error = await connect({ url }).catch((error: unknown) => error);
      expect(everythingOf(error)).not.toContain(secret);
      expect(shownBy(() => urlServer(kind, url).origin)).not.toContain(secret);
      for (const flag of [`${kind}=${url}`, url, `no-such-kind=${url}`])
        expect(shownBy(() => [...serverSources([flag]).keys()].join())).not.toContain(secret);
    }
  });
});

/** All that somebody could print of an error. */
function everythingOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { name, message, stack, cause } = error;
  return [name, message, stack, JSON.stringify(error), everythingOf(cause)].join("\n");
}

/** What a function shows of a URL: its answer, or its error. */
function shownBy(show: () => string): string {
  try {
    return show();
  } catch (error) {
    return everythingOf(error);
  }
}
