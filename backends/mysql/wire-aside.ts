/** What a door itself sends on a client's connection: BEGIN and COMMIT around a statement that commits by itself. */
import { joined } from "../frames.ts";
import type { Aside } from "../wire.ts";
import { head_bytes, packet, packets, status, statusPlaceOfOk } from "./wire-packets.ts";
import { type Agreed, Expected } from "./wire-replies.ts";

export function asideOf(agreed: () => Agreed): Aside {
  return {
    say: (statement) => ({
      bytes: packet(0, Buffer.concat([Buffer.from([0x03]), Buffer.from(statement)])),
      expects: new Expected("text", true, agreed()),
    }),
    asIfAlone(reply, end = Buffer.alloc(0)) {
      const { frames } = packets().take(reply);
      const last = frames.at(-1);
      if (last === undefined || last[head_bytes] === 0xff) return reply;
      const before = frames.slice(0, -1);
      const failed = end[head_bytes] === 0xff;
      if (failed) return joined([...before, packet(last[3]!, end.subarray(head_bytes))]);
      return joined([...before, outsideTransaction(last, agreed())]);
    },
  };
}

/** The last packet of a reply, with the status that it would have had outside the transaction. */
function outsideTransaction(last: Buffer, { no_eof }: Agreed): Buffer {
  const copy = Buffer.from(last);
  const is_ok = copy[head_bytes] === 0x00 || no_eof;
  const place = is_ok ? statusPlaceOfOk(copy) : head_bytes + 3;
  copy.writeUInt16LE(copy.readUInt16LE(place) & ~status.in_transaction, place);
  return copy;
}
