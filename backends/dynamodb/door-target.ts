import { connect as connectTcp } from "node:net";
import type { Duplex } from "node:stream";
import { connect as connectTls } from "node:tls";
import type { Address, DoorTarget } from "../door-target.ts";
import { heard } from "../heard.ts";
import { hostIn } from "../url-host.ts";
import type { Wire } from "../wire.ts";
import type { Learns } from "./request.ts";
import { dynamodbWire } from "./wire.ts";

/** DynamoDB Local takes any credentials; these are never the user's own. */
const credentials = {
  AWS_ACCESS_KEY_ID: "raceproof",
  AWS_SECRET_ACCESS_KEY: "raceproof",
  AWS_REGION: "us-east-1",
  AWS_DEFAULT_REGION: "us-east-1",
  AWS_USE_FIPS_ENDPOINT: "false",
  AWS_USE_DUALSTACK_ENDPOINT: "false",
};

/** DynamoDB behind a door. Its connections hold nothing: no lock, no transaction. */
export class DynamodbDoorTarget implements DoorTarget {
  readonly wire: Wire;
  readonly unlocks: readonly string[] = [];
  readonly #url: string;

  constructor(url: string, learns: Learns) {
    this.wire = dynamodbWire(learns);
    this.#url = url;
  }

  async connect(): Promise<Duplex> {
    const url = new URL(this.#url);
    const { protocol, port } = url;
    const is_secure = protocol === "https:";
    const place = { host: hostIn(url), port: Number(port || (is_secure ? 443 : 80)) };
    const socket = is_secure ? connectTls(place) : connectTcp({ ...place, noDelay: true });
    await heard(socket, is_secure ? "secureConnect" : "connect");
    return socket;
  }

  address(port?: number): Address {
    // The path stays: by it a local server recognizes us.
    const { href, pathname } = new URL(this.#url);
    const url = (port === undefined ? href : `http://127.0.0.1:${port}${pathname}`).replace(
      /\/$/,
      "",
    );
    return {
      url,
      environment: { AWS_ENDPOINT_URL_DYNAMODB: url, AWS_ENDPOINT_URL: url, ...credentials },
    };
  }

  prepare(): Promise<readonly string[]> {
    return Promise.resolve([]);
  }

  gone(): Promise<void> {
    return Promise.resolve();
  }

  terminate(): Promise<void> {
    return Promise.resolve();
  }
}
