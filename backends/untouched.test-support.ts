import * as fc from "fast-check";
import type { Conversation, Received, Sent, Wire } from "./wire.ts";

/** A stream in pieces, as a network might cut it. */
export function cut(bytes: Buffer, at: readonly number[]): Buffer[] {
  const places = [...new Set(at.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...places].map((from, i) => bytes.subarray(from, places[i] ?? bytes.length));
}

/** What a conversation passed on from both streams, read in turns; requests are let go at once. */
export function through(
  wire: Wire,
  client: readonly Buffer[],
  server: readonly Buffer[],
): { sent: Buffer; received: Buffer; conversation: Conversation } {
  const conversation = wire.open();
  const sent: Sent[] = [];
  const received: Received[] = [];
  for (let i = 0; i < Math.max(client.length, server.length); i++) {
    for (const part of conversation.fromClient(client[i] ?? Buffer.alloc(0))) {
      sent.push(part);
      if (part.kind === "request" || part.kind === "pass") conversation.goes(part.expects);
    }
    received.push(...conversation.fromServer(server[i] ?? Buffer.alloc(0)));
  }
  const bytes = (parts: readonly { readonly bytes: Buffer }[]): Buffer =>
    Buffer.concat(parts.map((part) => part.bytes));
  return {
    sent: bytes(sent.filter(({ kind }) => kind !== "answer")),
    received: bytes(received),
    conversation,
  };
}

/** Some bytes of a stream replaced by others. */
export function mutated(bytes: Buffer, changes: readonly (readonly [number, number])[]): Buffer {
  const copy = Buffer.from(bytes);
  for (const [at, value] of changes) if (copy.length > 0) copy[at % copy.length] = value;
  return copy;
}

export const cuts: fc.Arbitrary<number[]> = fc.array(fc.nat(), { maxLength: 8 });
export const mutations: fc.Arbitrary<[number, number][]> = fc.array(
  fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })),
  { maxLength: 6 },
);
