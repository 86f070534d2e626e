import * as fc from "fast-check";
import { expect, test } from "vitest";
import { cut, cuts, mutated, mutations, through } from "../untouched.test-support.ts";
import type { Conversation, Received, Sent } from "../wire.ts";
import { pathIn } from "./folder.ts";
import { frame, int, text } from "./jute.ts";
import { zookeeperWire } from "./wire.ts";
import { ZookeeperSessions } from "./wire-sessions.ts";

const zeros = Buffer.alloc(8);
const shown = (path: string): string => pathIn("/lane", path);
const acl = Buffer.concat([int(1), int(31), text("world"), text("anyone")]);
const stat = (version: number): Buffer =>
  Buffer.concat([
    zeros,
    zeros,
    zeros,
    zeros,
    int(version),
    int(0),
    int(0),
    zeros,
    int(0),
    int(0),
    zeros,
  ]);
const connects = frame(int(0), zeros, int(10_000), zeros, text(Buffer.alloc(16)));
const connected = frame(int(0), int(10_000), Buffer.from("12345678"), text(Buffer.alloc(16)));
const watched = Buffer.from([1]);
const unwatched = Buffer.from([0]);

/** A conversation whose session is open. */
function opened(login?: string): Conversation {
  const wire = zookeeperWire({ sessions: new ZookeeperSessions(), shown, login });
  const conversation = wire.open();
  conversation.fromClient(connects);
  conversation.fromServer(connected);
  return conversation;
}

let number = 0;

/** A request and its reply. */
function ask(
  conversation: Conversation,
  type: number,
  body: readonly Buffer[],
  answer: readonly Buffer[] = [],
  error = 0,
): { readonly sent: Sent; readonly received: readonly Received[] } {
  const [sent] = conversation.fromClient(frame(int(++number), int(type), ...body)) as [Sent];
  if (sent.kind === "request" || sent.kind === "pass") conversation.goes(sent.expects);
  const head = [int(number), zeros, int(error)];
  return { sent, received: conversation.fromServer(frame(...head, ...answer)) };
}

/** The same in words, and the keys that the request touches. */
function told(...asked: Parameters<typeof ask>): readonly unknown[] {
  const { sent, received } = ask(...asked);
  if (sent.kind !== "request") return [sent.kind, ...received.map(({ reply }) => reply)];
  const { reply } = received[0]!;
  return [sent.request.statement, sent.request.keys, reply?.word ?? reply?.error?.code];
}

test("requests and replies in words, with the paths that the program knows", () => {
  const at = opened();
  const path = text("/lane/a/n-");
  expect(told(at, 1, [path, text("x"), acl, int(3)], [text("/lane/a/n-0000000007")])).toEqual([
    ...["create /a/n- ephemeral sequential x", ["/a/n-", "/a"], "/a/n-0000000007"],
  ]);
  expect(told(at, 4, [text("/lane/a"), unwatched], [text("1 2"), stat(3)])).toEqual([
    ...["getData /a", ["/a"], '"1 2", version 3'],
  ]);
  expect(told(at, 5, [text("/lane/a"), text("2"), int(3)], [], -103)).toEqual([
    ...["setData /a 2 version 3", ["/a"], "BAD_VERSION"],
  ]);
  expect(told(at, 3, [text("/lane/a/n-0000000007"), unwatched], [], -101)).toEqual([
    ...["exists /a/n-0000000007", ["/a/n-0000000007", "/a/n-"], "not there"],
  ]);
  const children = [int(2), text("y"), text("x"), stat(0)];
  expect(told(at, 12, [text("/lane"), unwatched], children)).toEqual([
    ...["getChildren /", ["/"], "x,y"],
  ]);
  expect(told(at, 2, [text("/elsewhere"), int(-1)])).toEqual([
    ...["delete server:/elsewhere", ["server:/elsewhere", "server:"], "OK"],
  ]);
});

test("a multi is one request; if one of its parts is refused, all of it is", () => {
  const head = (type: number, error = 0): Buffer =>
    Buffer.concat([int(type), Buffer.from([0]), int(error)]);
  const end = Buffer.concat([int(-1), Buffer.from([1]), int(-1)]);
  const body = [
    head(13),
    text("/lane/a"),
    int(2),
    head(5),
    text("/lane/b"),
    text("1"),
    int(-1),
    end,
  ];
  const statement = "multi: check /a version 2; setData /b 1";
  expect(told(opened(), 14, body, [head(13), head(5), stat(4), end])).toEqual([
    ...[statement, ["/a", "/b"], "OK; version 4"],
  ]);
  const refused = [head(-1, -103), int(-103), head(-1, -2), int(-2), end];
  expect(told(opened(), 14, body, refused)).toEqual([statement, ["/a", "/b"], "BAD_VERSION"]);
});

test("what a client does later touches what it watches, until the event has come", () => {
  const at = opened();
  const read = (path: string): unknown =>
    told(at, 4, [text(path), unwatched], [text(""), stat(0)])[1];
  told(at, 4, [text("/lane/a"), watched], [text(""), stat(0)]);
  told(at, 8, [text("/lane/b"), watched], [int(0)]);
  expect(read("/lane/c")).toEqual(["/c", "/a", "/b"]);
  expect(at.leaves_something).toBe(true);
  const event = (type: number, path: string): readonly Received[] =>
    at.fromServer(frame(int(-1), zeros, int(0), int(type), int(3), text(path)));
  expect(event(3, "/lane/a")).toMatchObject([{ bytes: expect.any(Buffer) as Buffer }]);
  expect(read("/lane/c")).toEqual(["/c", "/b"]);
  event(4, "/lane/b");
  expect(read("/lane/c")).toEqual(["/c"]);
  expect(at.leaves_something).toBe(false);
});

test("the end of a session is a request only where it removes nodes", () => {
  expect(told(opened(), -11, [])).toEqual(["pass", undefined]);
  const at = opened();
  told(at, 15, [text("/lane/a"), text(""), acl, int(1)], [text("/lane/a"), stat(0)]);
  expect(told(at, -11, [])).toEqual(["closeSession: delete /a", ["/a", "/"], "OK"]);
  expect(at.leaves_something).toBe(false);
});

test("pings, watches that are set again, a log-in of the client's own pass", () => {
  const at = opened();
  const passes = (xid: number, type: number, ...body: Buffer[]): void => {
    const bytes = frame(int(xid), int(type), ...body);
    expect(at.fromClient(bytes)).toEqual([{ kind: "pass", bytes }]);
    const reply = frame(int(xid), zeros, int(0));
    expect(at.fromServer(reply)).toEqual([{ bytes: reply }]);
  };
  passes(-2, 11);
  passes(-8, 101, zeros, int(0), int(0), int(0));
  passes(-4, 100, int(0), text("digest"), text("me:mine"));
});

test("the door logs in for the client, who does not notice", () => {
  const wire = zookeeperWire({ sessions: new ZookeeperSessions(), shown, login: "us:secret" });
  const conversation = wire.open();
  const [sent] = conversation.fromClient(connects) as [Sent];
  expect(sent.bytes.subarray(0, connects.length)).toEqual(connects);
  expect(String(sent.bytes.subarray(connects.length))).toContain("us:secret");
  const logged_in = frame(int(-4), zeros, int(0));
  const received = conversation.fromServer(Buffer.concat([connected, logged_in]));
  expect(received).toEqual([{ bytes: connected }]);
  // An answer to the client's own is its own.
  expect(conversation.fromServer(logged_in)).toEqual([{ bytes: logged_in }]);
});

test("whatever comes, in whatever pieces, goes on as it was", () => {
  const client = fc.constantFrom(
    connects,
    frame(int(1), int(4), text("/lane/a"), watched),
    frame(int(2), int(14), int(13), unwatched, int(-1), text("/lane/a"), int(2)),
    frame(int(-2), int(11)),
    Buffer.from("ruok"),
    int(-1),
  );
  const server = fc.constantFrom(
    connected,
    frame(int(1), zeros, int(0), text("x"), stat(1)),
    frame(int(2), zeros, int(-103)),
    frame(int(-1), zeros, int(0), int(3), int(3), text("/lane/a")),
    frame(int(1)),
  );
  const many = { maxLength: 20 };
  fc.assert(
    fc.property(
      ...([
        fc.array(client, many),
        fc.array(server, many),
        cuts,
        cuts,
        mutations,
        mutations,
      ] as const),
      (ours, theirs, cutA, cutB, changesA, changesB) => {
        const from_client = mutated(Buffer.concat(ours), changesA);
        const from_server = mutated(Buffer.concat(theirs), changesB);
        const wire = zookeeperWire({ sessions: new ZookeeperSessions(), shown });
        const { sent, received } = through(wire, cut(from_client, cutA), cut(from_server, cutB));
        expect(from_client.subarray(0, sent.length).equals(sent)).toBe(true);
        expect(from_server.subarray(0, received.length).equals(received)).toBe(true);
      },
    ),
    { numRuns: 1_000 },
  );
});
