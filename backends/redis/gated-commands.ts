import { AsyncResource } from "node:async_hooks";
import type { Command, Redis } from "ioredis";
import type { Turnstile } from "../turnstile.ts";
import { stepOf } from "./step.ts";

type Stream = Parameters<Redis["sendCommand"]>[1];
type Send = (command: Command, stream?: Stream, node?: unknown) => unknown;

/** The commands of one `exec()` of a pipeline, which ioredis sends together once it has seen them all. */
interface Batch {
  readonly stream: Stream;
  readonly commands: Command[];
  readonly go: () => void;
}

/**
 * Makes every round trip of an ioredis client pass the turnstile: a command, a pipeline, `multi() … exec()`,
 * a script (its EVAL after NOSCRIPT is a second round trip), and what ioredis itself sends again after a lost
 * connection. The handshake passes freely.
 *
 * ioredis still settles its commands itself, so callbacks, pipelines and scripts behave as usual, but only after
 * the gate has seen the reply.
 *
 * @returns a function that runs `work`; commands that `work` sends synchronously do not pass the gate
 */
export function gateCommands(client: Redis, turnstile: Turnstile): <T>(work: () => T) => T {
  const send: Send = client.sendCommand.bind(client);
  const trips = new Trips(client, send);
  let free = false;
  let open_batch: Batch | undefined;

  const pass = (commands: readonly Command[], stream?: Stream, node?: unknown): void => {
    let sent = false;
    const passed: Promise<unknown> = turnstile
      .pass(stepOf(commands, scriptNames(client)), () => {
        sent = true;
        return trips.take(commands, () => passed, stream, node);
      })
      .catch((error: Error) => {
        // ioredis reports errors to the client; only commands that were never let through are rejected here.
        if (!sent) for (const command of commands) command.reject(error);
      });
  };

  const batchFor = (stream: Stream, node: unknown): Batch => {
    const batch: Batch = {
      stream,
      commands: [],
      go: AsyncResource.bind(() => {
        if (open_batch !== batch) return;
        open_batch = undefined;
        pass(batch.commands, stream, node);
      }),
    };
    return batch;
  };

  client.sendCommand = (command: Command, stream?: Stream, node?: unknown): unknown => {
    if (free || client.status !== "ready" || trips.has(command)) return send(command, stream, node);
    if (open_batch && (open_batch.stream !== stream || command.pipelineIndex === 0))
      open_batch.go();
    if (stream && "isPipeline" in stream) {
      if (!open_batch) {
        open_batch = batchFor(stream, node);
        queueMicrotask(open_batch.go);
      }
      open_batch.commands.push(command);
    } else {
      pass([command], stream, node);
    }
    return command.promise;
  };

  return (work) => {
    free = true;
    try {
      return work();
    } finally {
      free = false;
    }
  };
}

/** The round trips that are under way. */
class Trips {
  readonly #send: Send;
  readonly #failing = new Set<(error: Error) => void>();
  /** Let through, but not yet answered: after a lost connection, ioredis may send them again. */
  readonly #let_through = new Set<Command>();

  constructor(client: Redis, send: Send) {
    this.#send = send;
    client.on("close", () => {
      for (const fail of this.#failing) fail(new Error("Connection is closed."));
      this.#failing.clear();
      this.#let_through.clear();
    });
  }

  has(command: Command): boolean {
    return this.#let_through.has(command);
  }

  /** Sends. @returns a promise that settles when the replies have come, or when the connection closes without them */
  take(
    commands: readonly Command[],
    seen: () => Promise<unknown>,
    stream?: Stream,
    node?: unknown,
  ): Promise<unknown> {
    return new Promise<unknown>((resolve, reject) => {
      this.#failing.add(reject);
      const replies = commands.map((command) => replyTo(command, seen));
      const over =
        commands.length === 1
          ? (replies[0] as Promise<unknown>)
          : Promise.all(replies.map((reply) => reply.catch((error: unknown) => error)));
      over.then(resolve, reject).finally(() => {
        this.#failing.delete(reject);
        for (const command of commands) this.#let_through.delete(command);
      });
      for (const command of commands) this.#let_through.add(command);
      for (const command of commands) this.#send(command, stream, node);
    });
  }
}

/** The raw reply to a command, as ioredis gets it; the caller of the command gets it only after `seen`. */
function replyTo(command: Command, seen: () => Promise<unknown>): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const { resolve: resolved, reject: rejected } = command;
    command.resolve = (reply: unknown) => {
      resolve(reply);
      void seen().then(() => resolved.call(command, reply));
    };
    command.reject = (error: Error) => {
      reject(error);
      void seen().then(() => rejected.call(command, error));
    };
  });
}

function scriptNames(client: Redis): Map<string, string> {
  const { scriptsSet } = client as unknown as { scriptsSet: Record<string, { sha: string }> };
  return new Map(Object.entries(scriptsSet).map(([name, { sha }]) => [sha, name]));
}
