import * as fc from "fast-check";
import { expect, test } from "vitest";
import { cut, cuts, mutated, mutations, through } from "../untouched.test-support.ts";
import type { Conversation, Reply, Request } from "../wire.ts";
import { encodeCommand } from "./resp.ts";
import { redisWire } from "./wire.ts";

const command = (words: string): Buffer => encodeCommand(words.split(" "));

function ask(
  conversation: Conversation,
  commands: string[],
  replies: string,
): { kinds: string[]; requests: Request[]; replies: Reply[] } {
  const parts = conversation.fromClient(Buffer.concat(commands.map(command)));
  for (const part of parts)
    if (part.kind === "pass" || part.kind === "request") conversation.goes(part.expects);
  return {
    kinds: parts.map(({ kind }) => kind),
    requests: parts.flatMap((part) => (part.kind === "request" ? [part.request] : [])),
    replies: conversation.fromServer(Buffer.from(replies)).flatMap(({ reply }) => reply ?? []),
  };
}

test("a command is a request with the key that it touches, and its reply", () => {
  const { requests, replies } = ask(redisWire().open(), ["SET a 1"], "+OK\r\n");
  expect(requests).toMatchObject([{ statement: "SET a 1", kind: "write", keys: ["a"] }]);
  expect(replies).toMatchObject([{ word: "OK" }]);
});

test("what a driver says when it connects passes, and answers with maps count once", () => {
  const conversation = redisWire().open();
  const hello = ask(
    conversation,
    ["HELLO 3", "CLIENT SETINFO lib-name x"],
    "%1\r\n+proto\r\n:3\r\n+OK\r\n",
  );
  expect(hello).toEqual({ kinds: ["pass", "pass"], requests: [], replies: [] });
  expect(ask(conversation, ["GET a"], "$1\r\n5\r\n").replies).toMatchObject([{ word: "5" }]);
});

test("commands that came together are one request, whose reply ends with the last", () => {
  const conversation = redisWire().open();
  const { requests, replies } = ask(
    conversation,
    ["MULTI", "SET a 1", "INCR b", "EXEC"],
    "+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n+OK\r\n:7\r\n",
  );
  expect(requests).toMatchObject([{ statement: "MULTI; SET a 1; INCR b; EXEC", kind: "write" }]);
  expect(replies).toMatchObject([{ word: "[OK, 7]" }]);
});

test("a command behind a MULTI of its own gets into a queue: nobody sees it yet", () => {
  const conversation = redisWire().open();
  ask(conversation, ["MULTI"], "+OK\r\n");
  expect(ask(conversation, ["SET a 1"], "+QUEUED\r\n").requests).toMatchObject([{ kind: "begin" }]);
  expect(ask(conversation, ["EXEC"], "*1\r\n+OK\r\n").requests).toMatchObject([{ kind: "commit" }]);
});

test("an error, and messages that nobody asked for", () => {
  const conversation = redisWire().open();
  expect(ask(conversation, ["INCR a"], "-WRONGTYPE not a number\r\n").replies).toEqual([
    { error: { code: "WRONGTYPE", message: "WRONGTYPE not a number" } },
  ]);
  ask(conversation, ["HELLO 3"], "%0\r\n");
  const pushed = ask(conversation, ["GET a"], ">2\r\n+invalidate\r\n+a\r\n$-1\r\n");
  expect(pushed.replies).toMatchObject([{ word: "nil" }]);
});

test("the connection's number is what CLIENT ID answers to the door", () => {
  const conversation = redisWire().open();
  const own = conversation.aside!.say("CLIENT ID");
  expect(own.bytes).toEqual(command("CLIENT ID"));
  conversation.goes(own.expects);
  conversation.fromServer(Buffer.from(":42\r\n"));
  expect(conversation.connection).toBe(42);
});

test("every byte passes untouched, cut anywhere, and garbled", () => {
  const client = fc.constantFrom(
    command("GET a"),
    command("HELLO 3"),
    command("SUBSCRIBE c"),
    command("MULTI"),
    Buffer.from("PING\r\n"),
    command("SET a \r\n$5"),
  );
  const server = fc.constantFrom(
    "+OK\r\n",
    ":1\r\n",
    "$3\r\na\r\n\r\n",
    "$-1\r\n",
    "*2\r\n+a\r\n$1\r\nb\r\n",
    "%1\r\n+a\r\n_\r\n",
    ">1\r\n+x\r\n",
    "-ERR x\r\n",
    "#t\r\n",
    ",1.5\r\n",
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
        const from_server = mutated(Buffer.from(theirs.join("")), changesB);
        const { sent, received } = through(
          redisWire(),
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
