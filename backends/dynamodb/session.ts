import { Agent, type ClientRequestArgs } from "node:http";
import type { Duplex } from "node:stream";
import type * as Sdk from "@aws-sdk/client-dynamodb";
import type { Gate, Session } from "../backend.ts";
import { open_gate } from "../backend.ts";
import { losesReplies, ReplyLoss } from "../reply-loss.ts";
import { Turnstile } from "../turnstile.ts";
import { tablesOf } from "./contents.ts";
import { unsent } from "./errors.ts";
import type { Learns } from "./request.ts";
import { stepOf } from "./step.ts";

type Client = Sdk.DynamoDBClient;

/** What a session tells its backend. */
export interface Owner extends Learns {
  disposed(session: DynamodbSession): void;
}

/** One SDK client with its own connections; each of its HTTP requests passes the gate. */
export class DynamodbSession implements Session<Client> {
  readonly client: Client;
  readonly #owner: Owner;
  readonly #resend: boolean;
  readonly #loss = new ReplyLoss();
  #state: "open" | "broken" | "disposed" = "open";

  constructor(
    library: typeof Sdk,
    config: Sdk.DynamoDBClientConfig,
    gate: Gate,
    resend: boolean,
    owner: Owner,
  ) {
    this.#owner = owner;
    this.#resend = resend;
    this.client = new library.DynamoDBClient({
      ...config,
      ...(resend ? {} : { maxAttempts: 1 }),
      requestHandler: { httpAgent: agentThatLoses(this.#loss) },
    });
    // Without a gate, a client's requests may run side by side.
    this.#instrument(gate === open_gate ? undefined : new Turnstile(gate));
  }

  get alive(): boolean {
    return this.#state === "open";
  }

  loseNextReply(): void {
    this.#loss.armed = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#state = "disposed";
    this.#owner.disposed(this);
    this.client.destroy();
  }

  /**
   * Hooks in inside the SDK's retries, so that each attempt is a step; and outside, to know whether anything was
   * sent.
   */
  #instrument(turnstile: Turnstile | undefined): void {
    const stack = this.client.middlewareStack;
    const attempted = new WeakSet<object>();
    stack.add(
      (next, context) => (args) =>
        next(args).catch((error: Error) => {
          if (!attempted.has(context)) unsent.add(error);
          throw error;
        }),
      { step: "initialize", priority: "high", name: "raceproofUnsent" },
    );
    stack.add(
      (next, context) => async (args) => {
        const operation = String(context.commandName).replace(/Command$/, "");
        const send = async () => {
          if (this.#state === "disposed") throw new Error("This client has been closed.");
          attempted.add(context);
          this.#owner.touched(tablesOf(args.input));
          if (operation === "CreateTable") this.#owner.created(tableOf(args.input));
          return await next(args).catch((error: unknown) => this.#failed(error));
        };
        if (!turnstile) return send();
        return turnstile.pass(stepOf(operation, args.input, this.#owner.key_names), send);
      },
      { step: "finalizeRequest", priority: "low", name: "raceproofGate" },
    );
  }

  #failed(error: unknown): never {
    const { $response } = Object(error) as { $response?: unknown };
    if ($response === undefined && !this.#resend && this.#state === "open") this.#state = "broken";
    throw error;
  }
}

const tableOf = (input: object): string => (input as Sdk.CreateTableInput).TableName ?? "";

/** Like the SDK's own agent, but its sockets lose a reply when told to. */
function agentThatLoses(loss: ReplyLoss): Agent {
  class LosingAgent extends Agent {
    override createConnection(
      options: ClientRequestArgs,
      callback?: (error: Error | null, socket: Duplex) => void,
    ): Duplex {
      const socket = super.createConnection(options, callback) as Duplex;
      losesReplies(socket, loss, { answers: () => true, complete: () => true });
      return socket;
    }
  }
  return new LosingAgent({ keepAlive: true, maxSockets: 50 });
}
