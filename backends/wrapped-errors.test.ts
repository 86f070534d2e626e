import { describe, expect, it } from "vitest";
import { causes } from "./causes.ts";
import * as dynamodb from "./dynamodb/errors.ts";
import * as mysql from "./mysql/outcome.ts";
import * as postgres from "./postgres/outcome.ts";
import * as redis from "./redis/errors.ts";
import { judgeError, Refused } from "./refused.ts";
import { isRetryable } from "./retryable.ts";

/** What a driver throws, with the fields that tell what it is. */
const thrown = (fields: object, message = "no"): Error => Object.assign(new Error(message), fields);

/** How libraries hand on an error of the driver; the names are theirs. */
const wrappers: Readonly<Record<string, (error: Error) => Error>> = {
  "as it came": (error) => error,
  Drizzle: (cause) => new Error("Failed query: update …", { cause }),
  Sequelize: (error) => thrown({ name: "SequelizeDatabaseError", parent: error, original: error }),
  TypeORM: (error) => thrown({ name: "QueryFailedError", driverError: error }),
  Objection: (error) => thrown({ name: "DBError", nativeError: error }),
  "twice wrapped": (cause) => new Error("cannot save", { cause: new Error("outer", { cause }) }),
};

const serialization = thrown({ code: "40001", severity: "ERROR" });
const terminated = thrown({ code: "57P01", severity: "FATAL" });
const deadlock = thrown({ errno: 1213, code: "ER_LOCK_DEADLOCK", sqlState: "40001" });
const conflict = thrown({
  name: "TransactionCanceledException",
  $metadata: { httpStatusCode: 400, attempts: 1 },
  CancellationReasons: [{ Code: "None" }, { Code: "TransactionConflict" }],
});

describe.each(Object.entries(wrappers))("%s", (_name, wrap) => {
  it("keeps the code, what became of the statement, and whether to try again", () => {
    const judged = (backend: typeof postgres, error: Error): unknown[] => {
      const { outcome, code } = judgeError(backend, wrap(error));
      return [outcome, code, isRetryable(wrap(error))];
    };
    expect(judged(postgres, serialization)).toEqual(["fail", "40001", true]);
    expect(judged(postgres, terminated)).toEqual(["info", "57P01", false]);
    expect(judged(postgres, new Error("Connection terminated unexpectedly"))).toEqual([
      "info",
      "connection lost",
      false,
    ]);
    expect(judged(mysql, deadlock)).toEqual(["fail", "1213", true]);
    expect(judged(dynamodb, conflict)).toEqual(["fail", "TransactionCanceledException", true]);
    const command = { name: "incr" };
    const wrong_type = thrown({ name: "ReplyError", command }, "WRONGTYPE Operation against a key");
    expect(judged(redis, wrong_type)).toEqual(["fail", "WRONGTYPE", false]);
    expect(judged(postgres, new Refused("too late"))).toEqual(["fail", "refused", false]);
  });
});

it("what failed to reach another server says nothing about this one", () => {
  const fetch_failed = new TypeError("fetch failed", { cause: thrown({ code: "ECONNREFUSED" }) });
  for (const backend of [postgres, mysql, redis, dynamodb])
    expect([backend.outcome(fetch_failed), backend.code(fetch_failed)]).toEqual([
      "info",
      "ECONNREFUSED",
    ]);
});

it("the program's own error is none of the database's", () => {
  const sold_out = new Error("sold out");
  for (const backend of [postgres, mysql, redis, dynamodb])
    expect(backend.outcome(sold_out)).toBe("info");
  for (const backend of [postgres, mysql, redis, dynamodb])
    expect([backend.outcome(undefined), backend.code(undefined)]).toEqual(["info", "error"]);
  expect(isRetryable(sold_out)).toBe(false);
  expect(isRetryable(undefined)).toBe(false);
});

it("a condition that was not met is no reason to try the same again", () => {
  const both = thrown({
    name: "TransactionCanceledException",
    CancellationReasons: [{ Code: "ConditionalCheckFailed" }, { Code: "TransactionConflict" }],
  });
  expect(isRetryable(both)).toBe(false);
  expect(isRetryable(thrown({ name: "ConditionalCheckFailedException" }))).toBe(false);
  expect(isRetryable(thrown({ code: "23505", severity: "ERROR" }))).toBe(false);
});

it("errors that wrap each other end", () => {
  const one = thrown({});
  const two = thrown({ cause: one });
  Object.assign(one, { cause: two });
  expect(causes(one)).toEqual([one, two]);
});
