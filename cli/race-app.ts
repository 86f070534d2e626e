import type { App } from "../race/options.ts";
import { type AppRequest, BadRequest, readRequest } from "../race/requests.ts";
import { BadUsage, wholeNumber } from "./bad-usage.ts";

/** The flags that say who the clients are. */
export interface RacerFlags {
  readonly app?: string;
  readonly request: readonly string[];
  readonly instances?: string;
  readonly clients?: string;
}

/** What races: a command, or an app and what it is asked; and how many clients there are. */
export interface Racers {
  readonly argv: readonly string[];
  readonly app: App | undefined;
  readonly clients: number;
}

/** @param argv the command behind -- @throws BadUsage */
export function readRacers(flags: RacerFlags, argv: readonly string[]): Racers {
  const { app: command, request } = flags;
  const clients = flags.clients === undefined ? 2 : wholeNumber("--clients", flags.clients, 2);
  if (command === undefined) {
    if (request.length > 0)
      throw new BadUsage('--request needs --app, as in: --app "node server.js"');
    if (argv.length === 0)
      throw new BadUsage(
        "race needs the command of a client behind --, as in: -- python3 increment.py; or --app and --request.",
      );
    return { argv, app: undefined, clients };
  }
  if (argv.length > 0) throw new BadUsage("race takes --app or a command behind --, not both.");
  if (request.length === 0)
    throw new BadUsage(`--app needs --request, as in: --request 'POST /withdraw {"amount": 30}'`);
  const requests = request.map(requestOf);
  const many = requests.length;
  if (many > 1 && flags.clients !== undefined && clients !== many)
    throw new BadUsage(
      `there are ${many} requests, each with a client of its own, and --clients is ${clients}.`,
    );
  const racers = { argv: [], app: { command, requests }, clients: many > 1 ? many : clients };
  mustBeToldApart(flags, racers);
  return racers;
}

function mustBeToldApart({ instances }: RacerFlags, { clients }: Racers): void {
  if (instances === undefined || wholeNumber("--instances", instances, 1) === clients) return;
  throw new BadUsage(
    `--instances ${instances}: requests that one instance serves at once cannot be told apart at its door, so each of the ${clients} clients has an instance of its own; in a test of an app in Node, \`shared: true\` tells them apart.`,
  );
}

function requestOf(text: string): AppRequest {
  try {
    return readRequest(text);
  } catch (error) {
    if (error instanceof BadRequest)
      throw new BadUsage(`--request ${JSON.stringify(text)}: ${error.message}.`);
    throw error;
  }
}
