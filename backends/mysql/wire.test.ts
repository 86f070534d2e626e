import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cut, cuts, mutated, mutations, through } from "../untouched.test-support.ts";
import type { Conversation, Reply, Request } from "../wire.ts";
import { mysqlWire } from "./wire.ts";
import { packet } from "./wire-packets.ts";

const no_eof = 1 << 24;
const ssl = 1 << 11;
const multi_statements = 1 << 16;
const [autocommit, in_transaction, more_results] = [2, 1, 8];

const int16 = (n: number): number[] => [n & 255, (n >> 8) & 255];
const int32 = (n: number): number[] => [...int16(n), ...int16(n >>> 16)];
const text = (words: string): number[] => [words.length, ...Buffer.from(words)];
const zeros = (count: number): number[] => Array.from({ length: count }, () => 0);
const said = (sequence: number, ...body: number[]): Buffer => packet(sequence, Buffer.from(body));

const greeting = said(
  0,
  ...[10, ...Buffer.from("9.7.4\0"), ...int32(77), ...zeros(8), 0],
  ...[...int16(0xffff), 45, ...int16(autocommit), ...int16(0xffff), 21, ...zeros(10), ...zeros(13)],
);
const logIn = (wants: number): Buffer =>
  said(1, ...int32(wants), ...zeros(28), ...Buffer.from("root\0\0"));
const ok = (sequence: number, changed = 0, status = autocommit): Buffer =>
  said(sequence, 0, changed, 0, ...int16(status), 0, 0);
const eof = (sequence: number, status = autocommit): Buffer =>
  said(sequence, 0xfe, 0, 0, ...int16(status));
const endOfRows = (sequence: number, status = autocommit): Buffer =>
  said(sequence, 0xfe, 0, 0, ...int16(status), 0, 0);
const refused = said(1, 0xff, ...int16(1213), ...Buffer.from("#40001Deadlock"));
const column = (sequence: number, name: string, type = 3): Buffer =>
  said(
    sequence,
    ...text("def"),
    ...zeros(3),
    ...text(name),
    0,
    12,
    ...int16(63),
    ...int32(11),
    type,
    0,
    0,
    0,
    0,
    0,
  );
const command = (number: number, ...body: number[]): Buffer => said(0, number, ...body);
const query = (sql: string): Buffer => command(3, ...Buffer.from(sql));

function started(wants = no_eof): Conversation {
  const conversation = mysqlWire().open();
  conversation.fromServer(greeting);
  conversation.fromClient(logIn(wants));
  conversation.fromServer(ok(2));
  return conversation;
}

function ask(
  conversation: Conversation,
  client: Buffer,
  ...server: Buffer[]
): { requests: Request[]; replies: Reply[] } {
  const parts = conversation.fromClient(client);
  for (const part of parts)
    if (part.kind === "pass" || part.kind === "request") conversation.goes(part.expects);
  return {
    requests: parts.flatMap((part) => (part.kind === "request" ? [part.request] : [])),
    replies: conversation.fromServer(Buffer.concat(server)).flatMap(({ reply }) => reply ?? []),
  };
}

test("the greeting offers no encryption, and says the connection's number", () => {
  const conversation = mysqlWire().open();
  const [part] = conversation.fromServer(greeting);
  expect(conversation.connection).toBe(77);
  const offered = part!.bytes.readUInt16LE(4 + 1 + 6 + 13);
  expect(offered & ssl).toBe(0);
  const [answer] = conversation.fromClient(logIn(0xffffffff));
  expect(answer!.bytes.readUInt32LE(4) & ssl).toBe(0);
});

describe.each([
  ["rows that end with EOF", 0],
  ["rows that end with OK", no_eof],
])("%s", (_name, wants) => {
  const rowsOf = (status: number, ...rows: number[][]): Buffer[] => [
    said(1, 1),
    column(2, "a"),
    ...(wants === 0 ? [eof(3)] : []),
    ...rows.map((row, i) => said(4 + i, ...row)),
    wants === 0 ? eof(9, status) : endOfRows(9, status),
  ];

  test("a query and its rows", () => {
    const { requests, replies } = ask(
      started(wants),
      query("SELECT a FROM t"),
      ...rowsOf(autocommit, text("5"), [0xfb]),
    );
    expect(requests).toMatchObject([{ statement: "SELECT a FROM t", kind: "read" }]);
    expect(replies).toEqual([{ rows: [{ a: 5 }, { a: null }], row_count: 2 }]);
  });

  test("of several results the last one is told, and only that ends the reply", () => {
    const { replies } = ask(
      started(wants),
      query("SELECT a FROM t; UPDATE t SET a = 1"),
      ...rowsOf(autocommit | more_results, text("5")),
      ok(10, 3),
    );
    expect(replies).toEqual([{ changed: 3 }]);
  });

  test("a text of several is cut only for who may send one, and never in what has an end of its own", () => {
    const parts = (conversation: Conversation, sql: string): string[] | undefined => {
      const [part] = conversation.fromClient(query(sql));
      if (part?.kind !== "request") throw new Error("not a request");
      return part.parts?.map(({ bytes }) => bytes.toString("utf8", 5));
    };
    const several = started(wants | multi_statements);
    expect(parts(several, "UPDATE t SET a = 'x;y'; SELECT 1;")).toEqual([
      "UPDATE t SET a = 'x;y'",
      " SELECT 1;",
    ]);
    expect(parts(several, "SELECT 1; CREATE PROCEDURE p() BEGIN SELECT 1; END")).toBe(undefined);
    expect(parts(several, "BEGIN NOT ATOMIC SELECT 1; SELECT 2; END")).toBe(undefined);
    expect(parts(several, "SELECT 1; /*! SELECT 2 */; SELECT 3")).toBe(undefined);
    expect(parts(started(wants), "SELECT 1; SELECT 2")).toBe(undefined);
    expect(parts(several, "SET sql_mode = 'NO_BACKSLASH_ESCAPES'; SELECT 1")).toBe(undefined);
    expect(parts(several, "SELECT 1; SELECT 2")).toBe(undefined);
  });

  test("a prepared statement with its values", () => {
    const conversation = started(wants);
    const ends = wants === 0 ? [eof(3)] : [];
    const prepared = ask(
      conversation,
      command(0x16, ...Buffer.from("UPDATE t SET a = ? WHERE id = ?")),
      said(1, 0, ...int32(4), ...int16(0), ...int16(2), 0, 0, 0),
      column(2, "?"),
      column(3, "?"),
      ...ends,
    );
    expect(prepared).toEqual({ requests: [], replies: [] });
    const { requests, replies } = ask(
      conversation,
      command(
        0x17,
        ...int32(4),
        0,
        ...int32(1),
        0,
        1,
        ...[8, 0, 253, 0],
        ...[7, ...zeros(7)],
        ...text("it's"),
      ),
      ok(1, 1),
    );
    expect(requests).toMatchObject([
      { statement: "UPDATE t SET a = 7 WHERE id = 'it''s'", kind: "write", commits_itself: true },
    ]);
    expect(replies).toEqual([{ changed: 1 }]);
  });
});

test("a transaction, and a connection without autocommit, is one", () => {
  const conversation = started();
  ask(conversation, query("BEGIN"), ok(1, 0, autocommit | in_transaction));
  expect(conversation.in_transaction).toBe(true);
  ask(conversation, query("COMMIT"), ok(1));
  expect(conversation.in_transaction).toBe(false);
  ask(conversation, query("SET autocommit = 0"), ok(1, 0, 0));
  expect(conversation.in_transaction).toBe(true);
});

test("an error, settings of the session, and commands without a reply", () => {
  const conversation = started();
  expect(ask(conversation, query("UPDATE t SET a = 1"), refused).replies).toEqual([
    { error: { code: "1213", message: "Deadlock" } },
  ]);
  expect(ask(conversation, query("SET NAMES utf8mb4"), ok(1))).toEqual({
    requests: [],
    replies: [],
  });
  expect(ask(conversation, command(0x19, ...int32(4)))).toEqual({ requests: [], replies: [] });
  expect(ask(conversation, query("SELECT 1"), refused).replies).toHaveLength(1);
});

test("a statement taken apart answers as if it had run alone, also when its commit fails", () => {
  const { aside } = started();
  const work = ok(1, 1, autocommit | in_transaction);
  expect(aside?.asIfAlone(work, ok(1))).toEqual(ok(1, 1));
  expect(aside?.asIfAlone(work, refused)).toEqual(refused);
  expect(aside?.asIfAlone(refused, ok(1))).toEqual(refused);
});

test("every byte behind the log-in passes untouched, cut anywhere, and garbled", () => {
  const client = fc.constantFrom(
    query("SELECT 1"),
    query("SET NAMES x"),
    command(0x0e),
    command(0x19, 1, 0, 0, 0),
    said(2),
    command(0x16, 63),
  );
  const server = fc.constantFrom(
    ok(1, 1),
    eof(2),
    endOfRows(3),
    refused,
    column(2, "a"),
    said(1, 1),
    said(4, ...text("5")),
  );
  const many = { maxLength: 20 };
  fc.assert(
    fc.property(
      fc.array(client, many),
      fc.array(server, many),
      cuts,
      cuts,
      mutations,
      mutations,
      (ours, theirs, cutA, cutB, changesA, changesB) => {
        const from_client = mutated(Buffer.concat(ours), changesA);
        const from_server = mutated(Buffer.concat(theirs), changesB);
        const { sent, received } = through(
          { open: () => started() },
          cut(from_client, cutA),
          cut(from_server, cutB),
        );
        expect(from_client.subarray(0, sent.length).equals(sent)).toBe(true);
        expect(from_server.subarray(0, received.length).equals(received)).toBe(true);
      },
    ),
    { numRuns: 1_000 },
  );
});

test("1020 after a snapshot that the server checks, and locks of a plain SELECT at SERIALIZABLE", () => {
  const begun = said(1, 0, 0, 0, ...int16(3), 0, 0);
  const codes = (
    level: "REPEATABLE READ" | "SERIALIZABLE" | "READ COMMITTED",
    ...sql: string[]
  ) => {
    const conversation = mysqlWire({ isolation: level, checks_snapshots: true }).open();
    conversation.fromServer(greeting);
    conversation.fromClient(logIn(no_eof));
    conversation.fromServer(ok(2));
    let found: readonly string[] = [];
    for (const text of sql) {
      const [part] = conversation.fromClient(query(text));
      if (part?.kind !== "request") throw new Error("not a request");
      found = conversation.possibleErrors(part.request);
      conversation.goes(part.expects);
      conversation.fromServer(text === "COMMIT" ? ok(1) : begun);
    }
    return found;
  };
  const [read, write] = ["SELECT a FROM t", "UPDATE t SET a = 1"];
  expect(codes("REPEATABLE READ", "BEGIN", read, write)).toEqual(["1213", "1205", "1020"]);
  expect(codes("REPEATABLE READ", "BEGIN", read, `${read} FOR UPDATE`)).toContain("1020");
  for (const before of [[], ["BEGIN"], ["BEGIN", "SELECT 1"], ["BEGIN", read, "COMMIT"]])
    expect(codes("REPEATABLE READ", ...before, write)).not.toContain("1020");
  expect(codes("READ COMMITTED", "BEGIN", read, write)).not.toContain("1020");
  expect(codes("REPEATABLE READ", "BEGIN", read, "INSERT INTO t VALUES (1)")).not.toContain("1020");
  expect(codes("SERIALIZABLE", "BEGIN", read)).toEqual(["1213", "1205"]);
  expect(codes("SERIALIZABLE", "BEGIN", "SELECT 1")).toEqual([]);
  expect(codes("REPEATABLE READ", "BEGIN", read)).toEqual([]);
  const set = "SET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE";
  expect(codes("REPEATABLE READ", set, "BEGIN", read)).toEqual(["1213", "1205"]);
});
