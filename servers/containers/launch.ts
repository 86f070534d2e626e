/** Creates a container through testcontainers, on a port of 127.0.0.1, and waits until its server answers. */
import { setTimeout as sleep } from "node:timers/promises";
import { GenericContainer, getContainerRuntimeClient, Wait } from "testcontainers";
import type { Settings } from "../local/recipe.ts";
import { freePort } from "../port.ts";
import type { Breakable } from "../server.ts";
import { ServerUnavailable } from "../unavailable.ts";
import { exitCode, lastWords, logOf } from "./docker.ts";
import { freeze } from "./freeze.ts";
import type { ContainerRecipe } from "./recipes.ts";

export interface Launch {
  /** Random letters and digits that the server demands of everybody. */
  readonly secret: string;
  readonly image: string;
  readonly recipe: ContainerRecipe;
  readonly settings: Settings;
  readonly labels: Readonly<Record<string, string>>;
  /** How long a server may take to give its first answer, unless it ends before. */
  readonly patience_ms: number;
  readonly signal?: AbortSignal | undefined;
}

/** A container whose server answers. */
export interface Launched extends Breakable {
  readonly url: string;
  /** Product and version, where only the log tells them. */
  readonly product?: string;
}

const port_tries = 3;
/** How long a server may take to end in order; then Docker kills it. */
const stop_limit_s = 30;

/** @throws ServerUnavailable with the last lines of the server's log. */
export async function launch(wanted: Launch): Promise<Launched> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const container = new OnLoopback(wanted, port);
    try {
      await container.start();
      return await boxed(wanted, container.id as string, port);
    } catch (error) {
      if (wasTaken(error) && attempt < port_tries) continue;
      throw container.id === undefined
        ? error
        : await inWords(wanted, container.id, error as Error);
    }
  }
}

/** The port was free a moment ago; someone else may have taken it since. */
const wasTaken = (error: unknown): boolean =>
  /port is already allocated|address already in use/i.test(String(error));

/** By itself, testcontainers would open the port to the whole network, and would forget a container that fails. */
class OnLoopback extends GenericContainer {
  id: string | undefined;

  constructor({ image, recipe, settings, secret, labels }: Launch, port: number) {
    super(image);
    this.withExposedPorts({ container: recipe.port, host: port })
      .withEnvironment(recipe.environment?.(settings, secret) ?? {})
      .withCommand([...(recipe.command?.(settings) ?? [])])
      .withCopyContentToContainer(
        Object.entries(recipe.files?.(secret) ?? {}).map(([name, content]) => ({
          content,
          target: `/raceproof/${name}`,
        })),
      )
      .withLabels(labels)
      .withAutoCleanup(false)
      .withWaitStrategy(Wait.forAll([]));
    this.createOpts.StopSignal = recipe.local.stop ?? "SIGTERM";
    this.hostConfig.PortBindings = {
      [`${recipe.port}/tcp`]: [{ HostIp: "127.0.0.1", HostPort: String(port) }],
    };
  }

  protected override async containerCreated(id: string): Promise<void> {
    this.id = id;
  }
}

/**
 * Docker either forwards the port to this container or fails, so what answers there is the server that we
 * started. As we chose the port, it stays the same when the container is killed and started again.
 */
async function boxed(wanted: Launch, id: string, port: number): Promise<Launched> {
  const client = await getContainerRuntimeClient();
  const container = client.container.getById(id);
  const url = wanted.recipe.local.url(port, wanted.secret);

  /** Ready means that the driver got an answer: official images and stand-ins have no other sign in common. */
  const answered = async (): Promise<void> => {
    const deadline = Date.now() + wanted.patience_ms;
    for (;;) {
      wanted.signal?.throwIfAborted();
      try {
        await wanted.recipe.local.ask(url);
        return;
      } catch (error) {
        if (!(await container.inspect()).State.Running) throw error;
        if (Date.now() > deadline)
          throw new Error(
            `no answer within ${wanted.patience_ms / 1000} s (${(error as Error).message})`,
            { cause: error },
          );
      }
      await sleep(50);
    }
  };

  await answered();
  const product = wanted.recipe.product?.(await logOf(id));
  return {
    url,
    ...(product === undefined ? {} : { product }),
    async kill() {
      await container.kill({ signal: "SIGKILL" });
      await container.wait();
    },
    stop: () => container.stop({ t: stop_limit_s }),
    async start() {
      try {
        await container.start();
        await answered();
      } catch (error) {
        throw await inWords(wanted, id, error as Error);
      }
    },
    pause: () => freeze(container),
    resume: () => container.unpause(),
  };
}

async function inWords({ image, signal }: Launch, id: string, error: Error): Promise<Error> {
  if (signal?.aborted) return error;
  const ended = await exitCode(id);
  const why = ended === undefined ? error.message : `its server ended with ${ended}`;
  return new ServerUnavailable(
    `A container of ${image} does not start: ${why}; the last lines of its log: ${await lastWords(id)}`,
  );
}
