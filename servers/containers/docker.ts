/** The docker command: whether a daemon answers, and whether it has an image or can get it. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Progress } from "../progress.ts";
import { ServerUnavailable } from "../unavailable.ts";

const run = promisify(execFile);

/** A healthy daemon answers in milliseconds. */
const answer_limit_ms = 10_000;

/** Runs the docker command. @returns what it prints. @throws Error with the last line of its own error output. */
export async function docker(argv: readonly string[], signal?: AbortSignal): Promise<string> {
  try {
    const { stdout } = await run("docker", [...argv], signal ? { signal } : {});
    return stdout.trim();
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    const { stderr, message } = error as { stderr?: string; message: string };
    throw new Error(stderr?.trim().split("\n").at(-1) || message, { cause: error });
  }
}

/** Why no container can be started on this machine, and what to do, as half a sentence; undefined if one can. */
export async function noDocker(): Promise<string | undefined> {
  const limit = { timeout: answer_limit_ms, killSignal: "SIGKILL" } as const;
  try {
    await run("docker", ["version", "--format", "{{.Server.Version}}"], limit);
    return undefined;
  } catch (error) {
    return refusal(error as Failure, await endpoint());
  }
}

interface Failure {
  readonly code?: unknown;
  readonly killed?: boolean;
  readonly stderr?: string;
}

/** Why the docker command reached no daemon, in our words. */
function refusal({ code, killed, stderr = "" }: Failure, where: string): string {
  if (code === "ENOENT") return "this machine has no docker command";
  if (killed) return `the Docker daemon at ${where} does not answer (start it again)`;
  if (/permission denied.*socket/i.test(stderr)) {
    return `this user may not talk to the Docker daemon at ${where} (add the user to the group docker)`;
  }
  if (/Cannot connect to the Docker daemon|Is the docker daemon running/i.test(stderr)) {
    return `no Docker daemon answers at ${where} (start it)`;
  }
  return `Docker at ${where} refuses: ${stderr.trim().split("\n").at(-1)}`;
}

/** Where the docker command finds its daemon (`unix:///var/run/docker.sock`), also when a context says where. */
export async function endpoint(): Promise<string> {
  const from_environment = process.env["DOCKER_HOST"];
  if (from_environment) return from_environment;
  const format = "{{.Endpoints.docker.Host}}";
  return docker(["context", "inspect", "--format", format]).catch(() => "its socket");
}

export async function hasImage(image: string): Promise<boolean> {
  return docker(["image", "inspect", "--format", "{{.Id}}", image]).then(
    () => true,
    () => false,
  );
}

/** There is no such image on this machine, and it cannot be pulled. */
export class NoImage extends ServerUnavailable {
  /** `its registry cannot be reached` */
  readonly why: string;

  constructor(image: string, why: string) {
    super(`The image ${image} is not there and cannot be pulled: ${why}.`);
    this.why = why;
  }
}

/** Pulls an image from its registry, unless this machine has it. @throws NoImage */
export async function getImage(
  image: string,
  progress: Progress,
  signal?: AbortSignal,
): Promise<void> {
  if (await hasImage(image)) return;
  progress({ what: `pulling ${image}` });
  try {
    await docker(["pull", "--quiet", image], signal);
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new NoImage(image, inWords(error as Error));
  }
}

const out_of_reach =
  /no such host|server misbehaving|name resolution|timeout|network is unreachable|no route to host|connection refused/i;

function inWords({ message }: Error): string {
  if (out_of_reach.test(message)) {
    return "its registry cannot be reached";
  }
  if (/manifest unknown|not found|does not exist/i.test(message))
    return "its registry has no such image";
  return message.replace(/^Error response from daemon: /, "").replace(/\.$/, "");
}

/** The last 500 lines that a container's processes have printed. */
export async function logOf(id: string): Promise<string> {
  const { stdout, stderr } = await run("docker", ["logs", "--tail", "500", id]);
  return stdout + stderr;
}

/** The last lines that a container printed, on one line. */
export async function lastWords(id: string, lines = 5): Promise<string> {
  const text = await logOf(id).catch((error: Error) => error.message);
  const printed = text.split("\n").filter((line) => line.trim() !== "");
  return printed.slice(-lines).join(" / ").slice(-800) || "(it printed nothing)";
}

/** The exit code of a container; undefined while it has not ended. */
export async function exitCode(id: string): Promise<number | undefined> {
  const format = "{{.State.Status}} {{.State.ExitCode}}";
  const said = await docker(["inspect", "--format", format, id]).catch(() => "");
  const [status, code] = said.split(" ");
  return status === "exited" ? Number(code) : undefined;
}
