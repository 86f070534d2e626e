import { describe, expect, test } from "vitest";
import { ServerUnavailable } from "./unavailable.ts";
import { urlServer } from "./url.ts";

describe("a URL of someone else's server", () => {
  test.each([
    ["mysql", "mysql://root@127.0.0.1:3306/x"],
    ["postgres", "postgresql://u:p@db.example/x"],
    ["postgres", "postgres://u:50%@db.example/x"],
    ["redis", "rediss://:50%25@cache.example"],
    ["dynamodb", "https://dynamodb.eu-west-1.amazonaws.com"],
  ] as const)("%s takes %s", (kind, url) => {
    expect(urlServer(kind, url)).toMatchObject({ kind, url, source: "url" });
  });

  test.each([
    ["mysql", "postgres://127.0.0.1"],
    ["postgres", "localhost:5432"],
    ["redis", "redis://"],
    ["dynamodb", "not a URL"],
    ["mysql", ""],
    ["mysql", "mysql://root:50%@127.0.0.1"],
    ["redis", "redis://:%ZZ@127.0.0.1"],
  ] as const)("%s does not take %j", (kind, url) => {
    expect(() => urlServer(kind, url)).toThrow(ServerUnavailable);
    expect(() => urlServer(kind, url)).toThrow(
      /^The URL of the \w+ server cannot be read .*: write \w+:\/\/HOST:PORT/,
    );
  });

  test("a password is not shown", () => {
    expect(urlServer("mysql", "mysql://root:s3cret@127.0.0.1").origin).not.toContain("s3cret");
    expect(urlServer("dynamodb", "http://127.0.0.1:8000/s3cret").origin).not.toContain("s3cret");
    expect(() => urlServer("redis", "mysql://root:s3cret@127.0.0.1")).not.toThrow(/s3cret/);
  });
});
