/** https://zookeeper.apache.org/doc/current/zookeeperInternals.html, and `zookeeper.jute` in its sources. */
import { frame, int, text } from "../../backends/zookeeper/jute.ts";
import { zookeeperWire } from "../../backends/zookeeper/wire.ts";
import { ZookeeperSessions } from "../../backends/zookeeper/wire-sessions.ts";
import type { Random } from "../../matrix/load/random.ts";
import { below, blob, pick, type Speech, several, type Turn, word } from "./speech.ts";

const long = (random: Random): Buffer =>
  Buffer.from(Array.from({ length: 8 }, () => below(random, 256)));
const bool = (random: Random): Buffer => Buffer.from([below(random, 2)]);
const path = (random: Random): Buffer =>
  text(pick(random, ["/lane/", "/lane/a/n-0000000001", "/", "/zookeeper/"]) + word(random));
const stat = (random: Random): Buffer =>
  Buffer.concat([
    ...Array.from({ length: 4 }, () => long(random)),
    ...[int(below(random, 9)), int(0), int(0), long(random), int(3), int(1), long(random)],
  ]);
const acl = Buffer.concat([int(1), int(31), text("world"), text("anyone")]);
const list = (names: readonly string[]): Buffer =>
  Buffer.concat([int(names.length), ...names.map(text)]);

let number = 0;

/** A request with its answer, whose header names it. */
function exchanged(random: Random, type: number, body: Buffer, answer: Buffer): Turn {
  number = (number + 1) % 2 ** 30;
  const error = random() < 0.2 ? pick(random, [-101, -103, -110, -7777]) : 0;
  const head = [int(number), long(random), int(error)];
  return {
    asks: [frame(int(number), int(type), body)],
    answers: [frame(...head, error === 0 ? answer : Buffer.alloc(0))],
  };
}

const multi = (random: Random, types: readonly number[]): readonly [Buffer, Buffer] => {
  const end = Buffer.concat([int(-1), Buffer.from([1]), int(-1)]);
  const head = (type: number, error: number): Buffer =>
    Buffer.concat([int(type), Buffer.from([0]), int(error)]);
  const asks = types.map((type) => Buffer.concat([head(type, -1), path(random), int(-1)]));
  const is_refused = random() < 0.3;
  const answers = types.map((type) =>
    is_refused ? Buffer.concat([head(-1, -103), int(-103)]) : head(type, 0),
  );
  return [Buffer.concat([...asks, end]), Buffer.concat([...answers, end])];
};

const requests = (random: Random): Turn =>
  pick(random, [
    () => {
      const body = Buffer.concat([path(random), text(blob(random)), acl, int(below(random, 7))]);
      const [type, answer] = pick(random, [
        [1, path(random)],
        [15, Buffer.concat([path(random), stat(random)])],
      ] as const);
      return exchanged(random, type, body, answer);
    },
    () => exchanged(random, 2, Buffer.concat([path(random), int(-1)]), Buffer.alloc(0)),
    () => exchanged(random, 3, Buffer.concat([path(random), bool(random)]), stat(random)),
    () =>
      exchanged(
        random,
        4,
        Buffer.concat([path(random), bool(random)]),
        Buffer.concat([text(blob(random)), stat(random)]),
      ),
    () =>
      exchanged(
        random,
        5,
        Buffer.concat([path(random), text(blob(random)), int(below(random, 5) - 1)]),
        stat(random),
      ),
    () =>
      exchanged(
        random,
        ...([
          pick(random, [8, 12]),
          Buffer.concat([path(random), bool(random)]),
          Buffer.concat([list(several(random, 4, () => word(random))), stat(random)]),
        ] as const),
      ),
    () =>
      exchanged(
        random,
        14,
        ...multi(
          random,
          several(random, 3, () => pick(random, [2, 13])),
        ),
      ),
    () => exchanged(random, 9, path(random), path(random)),
    () => exchanged(random, below(random, 120), blob(random), blob(random)),
  ])();

/** What is no request: a ping, a library's own log-in, its watches. */
function other(random: Random): Turn {
  const [xid, type, body] = pick(random, [
    [-2, 11, Buffer.alloc(0)],
    [-4, 100, Buffer.concat([int(0), text("digest"), text("a:b")])],
    [-8, 101, Buffer.concat([long(random), list([]), list(["/lane/a"]), list([])])],
  ] as const);
  return {
    asks: [frame(int(xid), int(type), body)],
    answers: [frame(int(xid), long(random), int(0))],
  };
}

const event = (random: Random): Buffer =>
  frame(...[int(-1), long(random), int(0), int(1 + below(random, 4)), int(3), path(random)]);

const zeros = Buffer.alloc(8);

let sessions = 0;

export const zookeeper: Speech = {
  wire: zookeeperWire({ sessions: new ZookeeperSessions(), shown: (path) => path }),
  /** A session for each connection: what one leaves is kept as long as it lives. */
  get hello() {
    const id = Buffer.alloc(8);
    id.writeUInt32BE(++sessions, 4);
    return [
      {
        asks: [frame(int(0), zeros, int(10_000), zeros, text(Buffer.alloc(16)), Buffer.from([0]))],
        answers: [frame(int(0), int(10_000), id, text(Buffer.alloc(16, 7)))],
      },
    ];
  },
  exchange(random) {
    if (random() < 0.1) return [other(random)];
    const { asks, answers } = requests(random);
    return [{ asks, answers: random() < 0.1 ? [event(random), ...answers] : answers }];
  },
};
