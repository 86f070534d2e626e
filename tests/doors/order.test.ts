/** Bytes keep their order on both ways, also where one side does not wait for the other. */
import { expect, test } from "vitest";
import { message, postgres, text } from "../frames/postgres.ts";
import { Corridor } from "../frames/talk.ts";

async function started() {
  const corridor = await Corridor.open(postgres.wire);
  const { client, server } = await corridor.meet();
  const [{ asks, answers }] = postgres.hello as [(typeof postgres.hello)[0]];
  client.say(asks);
  await server.hears(asks[0]!.length);
  server.say(answers);
  await client.hears(Buffer.concat(answers).length);
  const before = { client: client.heard.length, server: server.heard.length };
  return {
    client,
    server,
    asked: () => server.heard.subarray(before.server).toString("latin1"),
    answered: () => client.heard.subarray(before.client).toString("latin1"),
    hears: (side: "client" | "server", length: number) =>
      (side === "client" ? client : server).hears(before[side] + length),
    [Symbol.asyncDispose]: () => corridor[Symbol.asyncDispose](),
  };
}

const ready = message("Z", Buffer.from("I"));
const done = Buffer.concat([message("C", text("SELECT 0")), ready]);
const select = message("Q", text("SELECT 1"));
const copy = message("Q", text("COPY t FROM STDIN"));
const rows = Buffer.concat([message("d", text("1")), message("c")]);

test("the rows of a COPY come right behind it, and not before", async () => {
  await using talk = await started();
  talk.client.say([Buffer.concat([select, copy, rows])]);
  await talk.hears("server", select.length);
  expect(talk.asked()).toBe(select.toString("latin1"));
  talk.server.say([done]);
  const all = Buffer.concat([select, copy, rows]);
  await talk.hears("server", all.length);
  expect(talk.asked()).toBe(all.toString("latin1"));
});

test("a notification behind a reply does not overtake it", async () => {
  await using talk = await started();
  const notified = message("A", Buffer.alloc(4), text("channel"), text("hello"));
  talk.client.say([select]);
  await talk.hears("server", select.length);
  const all = Buffer.concat([done, notified]);
  talk.server.say([all]);
  await talk.hears("client", all.length);
  expect(talk.answered()).toBe(all.toString("latin1"));
});
