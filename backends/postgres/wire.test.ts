import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cut, cuts, mutated, mutations, through } from "../untouched.test-support.ts";
import type { Conversation, Reply, Request, Sent } from "../wire.ts";
import { postgresWire } from "./wire.ts";

const text = (words: string): number[] => [...Buffer.from(`${words}\0`)];
const int16 = (n: number): number[] => [(n >> 8) & 255, n & 255];
const int32 = (n: number): number[] => [...int16(n >> 16), ...int16(n)];
const message = (type: string, ...body: number[]): Buffer =>
  Buffer.from([type.charCodeAt(0), ...int32(body.length + 4), ...body]);

const startUp = Buffer.from([
  ...int32(8 + 10),
  ...int32(196608),
  ...text("user"),
  ...text("abc"),
  0,
]);
const query = (sql: string): Buffer => message("Q", ...text(sql));
const parse = (name: string, sql: string): Buffer =>
  message("P", ...text(name), ...text(sql), 0, 0);
const bind = (name: string, ...values: string[]): Buffer =>
  message(
    "B",
    ...[...text(""), ...text(name), ...int16(0), ...int16(values.length)],
    ...values.flatMap((value) => [...int32(value.length), ...Buffer.from(value)]),
    ...int16(0),
  );
const execute = message("E", ...text(""), ...int32(0));
const describePortal = message("D", 80, 0);
const sync = message("S");
const flush = message("H");

const ready = (status: string): Buffer => message("Z", status.charCodeAt(0));
const columns = (...names: string[]): Buffer =>
  message(
    "T",
    ...int16(names.length),
    ...names.flatMap((name) => [
      ...text(name),
      ...int32(0),
      0,
      0,
      ...int32(23),
      0,
      4,
      ...int32(0),
      0,
      0,
    ]),
  );
const row = (...values: string[]): Buffer =>
  message(
    "D",
    ...int16(values.length),
    ...values.flatMap((v) => [...int32(v.length), ...Buffer.from(v)]),
  );
const done = (tag: string): Buffer => message("C", ...text(tag));
const error = message("E", ...text("SERROR"), ...text("C40001"), ...text("Mno"), 0);

function started(): Conversation {
  const conversation = postgresWire().open();
  for (const part of conversation.fromClient(startUp)) pass(conversation, part);
  conversation.fromServer(
    Buffer.concat([message("R", ...int32(0)), message("K", ...int32(77), ...int32(1)), ready("I")]),
  );
  return conversation;
}

function pass(conversation: Conversation, part: Sent): void {
  if (part.kind === "pass" || part.kind === "request") conversation.goes(part.expects);
}

/** What the client's bytes ask, and what the server's bytes answer to it. */
function ask(
  conversation: Conversation,
  client: Buffer[],
  server: Buffer[],
): { requests: Request[]; replies: Reply[] } {
  const parts = conversation.fromClient(Buffer.concat(client));
  for (const part of parts) pass(conversation, part);
  const received = conversation.fromServer(Buffer.concat(server));
  return {
    requests: parts.flatMap((part) => (part.kind === "request" ? [part.request] : [])),
    replies: received.flatMap(({ reply }) => reply ?? []),
  };
}

describe("requests and their replies", () => {
  test("a simple query, its rows, and the process behind it", () => {
    const conversation = started();
    const { requests, replies } = ask(
      conversation,
      [query("SELECT a, b FROM t")],
      [columns("a", "b"), row("1", "2"), done("SELECT 1"), ready("I")],
    );
    expect(conversation.connection).toBe(77);
    expect(requests).toMatchObject([{ statement: "SELECT a, b FROM t", kind: "read" }]);
    expect(replies).toEqual([{ rows: [{ a: 1, b: 2 }], row_count: 1 }]);
  });

  test("a prepared statement with its values; preparing alone is no request", () => {
    const conversation = started();
    const prepared = ask(
      conversation,
      [parse("s", "UPDATE t SET v = $1 WHERE id = $2"), sync],
      [message("1"), ready("I")],
    );
    expect(prepared).toEqual({ requests: [], replies: [] });
    const { requests, replies } = ask(
      conversation,
      [bind("s", "5", "it's"), execute, sync],
      [message("2"), done("UPDATE 3"), ready("I")],
    );
    expect(requests).toMatchObject([
      { statement: "UPDATE t SET v = 5 WHERE id = 'it''s'", kind: "write", commits_itself: true },
    ]);
    expect(replies).toEqual([{ changed: 3 }]);
  });

  test("each fetch of a cursor is a request that ends without ReadyForQuery", () => {
    const conversation = started();
    const first = ask(
      conversation,
      [parse("", "SELECT a FROM t"), bind(""), describePortal, execute, flush],
      [message("1"), message("2"), columns("a"), row("1"), message("s")],
    );
    expect(first.replies).toEqual([{ rows: [{ a: 1 }], row_count: 1 }]);
    const next = ask(conversation, [execute, flush], [row("2"), row("3"), done("SELECT 2")]);
    expect(next.requests).toMatchObject([{ statement: "next rows of SELECT a FROM t" }]);
    expect(next.replies).toEqual([{ rows: [{ a: 2 }, { a: 3 }], row_count: 2 }]);
  });

  test("an error, and what follows it up to the next Sync is skipped", () => {
    const conversation = started();
    const failed = ask(
      conversation,
      [parse("", "SELECT nothing"), bind(""), execute, flush],
      [error],
    );
    expect(failed.replies).toEqual([{ error: { code: "40001", message: "no" } }]);
    const [skipped] = conversation.fromClient(Buffer.concat([execute, flush]));
    expect(skipped?.kind === "request" && conversation.goes(skipped.expects)).toBe(false);
    ask(conversation, [sync], [ready("I")]);
    const after = ask(
      conversation,
      [query("SELECT 1")],
      [columns("a"), row("1"), done("SELECT 1"), ready("I")],
    );
    expect(after.replies).toEqual([{ rows: [{ a: 1 }], row_count: 1 }]);
  });

  test("an error and the end of its reply go on together, also when they come apart", () => {
    const conversation = started();
    ask(conversation, [query("SELECT 1")], []);
    expect(conversation.fromServer(Buffer.concat([row("1"), error]))).toEqual([]);
    expect(conversation.fromServer(ready("I"))).toEqual([
      {
        bytes: Buffer.concat([row("1"), error, ready("I")]),
        reply: { error: { code: "40001", message: "no" } },
      },
    ]);
    // The server may close the connection instead.
    ask(conversation, [query("SELECT 1")], [error]);
    expect(conversation.kept?.()).toEqual(error);
    expect(conversation.kept?.()).toHaveLength(0);
    // After this one there will be no end.
    const fatal = message("E", ...text("SFATAL"), ...text("C57P01"), ...text("Mbye"), 0);
    expect(conversation.fromServer(fatal)).toEqual([{ bytes: fatal }]);
  });

  test("a transaction is seen, and only outside of it a write commits by itself", () => {
    const conversation = started();
    ask(conversation, [query("BEGIN")], [done("BEGIN"), ready("T")]);
    expect(conversation.in_transaction).toBe(true);
    ask(conversation, [query("COMMIT")], [done("COMMIT"), ready("I")]);
    expect(conversation.in_transaction).toBe(false);
  });

  test.each([
    ["INSERT INTO t SELECT max(n) + 1 FROM t", true],
    ["SELECT my_function(1)", true],
    ["SELECT a FROM t", false],
    ["INSERT INTO t VALUES (1); INSERT INTO t VALUES (2)", false],
    ["VACUUM t", false],
    ["CREATE INDEX CONCURRENTLY i ON t (a)", false],
  ])("%s commits by itself in two steps: %s", (sql, commits_itself) => {
    expect(ask(started(), [query(sql)], []).requests).toMatchObject([{ commits_itself }]);
  });

  test("a request for encryption is answered by the door", () => {
    const [answer, ...rest] = postgresWire()
      .open()
      .fromClient(Buffer.from([...int32(8), ...int32(80877103)]));
    expect(answer).toEqual({ kind: "answer", bytes: Buffer.from("N") });
    expect(rest).toEqual([]);
  });
});

test("a statement taken apart answers as if it had run alone, also when its commit fails", () => {
  const { aside } = started();
  const work = Buffer.concat([done("INSERT 0 1"), ready("T")]);
  const committed = Buffer.concat([
    message("1"),
    message("2"),
    done("COMMIT"),
    message("3"),
    ready("I"),
  ]);
  expect(aside?.asIfAlone(work, committed)).toEqual(
    Buffer.concat([done("INSERT 0 1"), ready("I")]),
  );
  const refused = Buffer.concat([message("1"), message("2"), error, ready("I")]);
  expect(aside?.asIfAlone(work, refused)).toEqual(
    Buffer.concat([done("INSERT 0 1"), error, ready("I")]),
  );
});

const clientMessages = fc.constantFrom(
  query("SELECT 1"),
  parse("s", "SELECT $1"),
  bind("s", "1"),
  describePortal,
  execute,
  sync,
  flush,
  message("C", 83, ...text("s")),
  message("d", 1, 2, 3),
  message("c"),
  message("p", 1),
  message("F", 0, 0),
  message("X"),
);
const serverMessages = fc.constantFrom(
  message("1"),
  message("2"),
  message("3"),
  columns("a"),
  row("1"),
  done("SELECT 1"),
  ready("I"),
  ready("T"),
  error,
  message("n"),
  message("s"),
  message("I"),
  message("t", 0, 1, ...int32(23)),
  message("N", 0),
  message("K", ...int32(1), ...int32(2)),
);

test("every byte passes untouched, in any order, cut anywhere, and garbled", () => {
  const many = { maxLength: 20 };
  fc.assert(
    fc.property(
      fc.array(clientMessages, many),
      fc.array(serverMessages, many),
      cuts,
      cuts,
      mutations,
      mutations,
      (client, server, cutA, cutB, changesA, changesB) => {
        const from_client = Buffer.concat([startUp, mutated(Buffer.concat(client), changesA)]);
        const from_server = mutated(Buffer.concat(server), changesB);
        const { sent, received } = through(
          postgresWire(),
          cut(from_client, cutA),
          cut(from_server, cutB),
        );
        // What is no whole frame yet, or still waits for its Sync, is kept: it must be the end of the stream.
        expect(from_client.subarray(0, sent.length).equals(sent)).toBe(true);
        expect(from_server.subarray(0, received.length).equals(received)).toBe(true);
      },
    ),
    { numRuns: 1_000 },
  );
});

test("a text of several statements meets the errors of each, unless it ends a transaction", () => {
  const codes = (sql: string) => {
    const conversation = postgresWire().open("REPEATABLE READ");
    conversation.fromClient(startUp);
    const [part] = conversation.fromClient(query(sql));
    if (part?.kind !== "request") throw new Error("not a request");
    return conversation.possibleErrors(part.request);
  };
  const two = "INSERT INTO t VALUES (1); SELECT a FROM t FOR UPDATE NOWAIT";
  expect(codes(two)).toEqual(["57014", "57P01", "40001", "55P03"]);
  expect(codes("SELECT 1; SELECT 2")).toEqual(["57014", "57P01"]);
  expect(codes("INSERT INTO t VALUES (1); COMMIT; SELECT 1")).toEqual(["57P01"]);
});
