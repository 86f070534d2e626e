import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer, type Server } from "node:net";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { CannotConnect } from "../../backends/cannot-connect.ts";
import { connect } from "../connect.ts";

const postgres = (): string => inject("servers").postgres.url;
const mysql = (): string => inject("servers").mysql.url;

/** The sentence a person gets; whatever else goes wrong is a failed test. */
async function sentence(kind: "postgres" | "mysql", url: string): Promise<string> {
  try {
    const backend = await connect({ kind, url });
    await backend[Symbol.asyncDispose]();
  } catch (error) {
    if (!(error instanceof CannotConnect)) throw error;
    return error.message;
  }
  return "connected";
}

/** The same place under another scheme and user, so that another kind of client connects there. */
const as = (scheme: string, url: string): string =>
  `${scheme}://someone@${new URL(url.replace(/^\w+:/, "http:")).host}/`;

const listening: Server[] = [];
async function listen(server: Server): Promise<string> {
  listening.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("no connection: one sentence says what was wrong, where, and what to do", () => {
  afterAll(() => listening.forEach((server) => server.close()));

  for (const kind of ["postgres", "mysql"] as const) {
    it.concurrent(`${kind}: not a URL, and no password in the sentence`, async () => {
      expect(await sentence(kind, "nonsense")).toMatch(/^The URL of .* cannot be read .*: write /);
      const other = await sentence(kind, "redis://me:secret@127.0.0.1/");
      expect(other).toMatch(/^The URL of .* cannot be read /);
      expect(other).not.toContain("secret");
      expect(await sentence(kind, `${kind}://`)).not.toBe("connected");
    });

    it.concurrent(`${kind}: nobody listens, no such host`, async () => {
      const gone = createServer();
      const place = await listen(gone);
      gone.close();
      expect(await sentence(kind, `${kind}://me@${place}/`)).toContain(
        `Nobody listens at ${place}`,
      );
      expect(await sentence(kind, `${kind}://me@no.such.host.invalid/`)).toContain(
        'There is no host "no.such.host.invalid"',
      );
    });

    it.concurrent(`${kind}: a web server answers`, async () => {
      const place = await listen(createHttpServer((_request, response) => response.end()));
      expect(await sentence(kind, `${kind}://me@${place}/`)).toContain(
        "answers an HTTP server, not",
      );
    });

    it.concurrent(`${kind}: something answers that is unknown, or nothing at all`, async () => {
      for (const talk of [createServer((s) => s.end("hello\n")), createServer(() => undefined)]) {
        const place = await listen(talk);
        expect(await sentence(kind, `${kind}://me@${place}/`)).toContain(
          `What listens at ${place} does not answer as`,
        );
      }
    });
  }

  it.concurrent("PostgreSQL is asked for MySQL, and the other way round", async () => {
    expect(await sentence("mysql", as("mysql", postgres()))).toContain("answers PostgreSQL, not");
    expect(await sentence("postgres", as("postgres", mysql()))).toMatch(
      /answers (MySQL|MariaDB), not/,
    );
  });

  it("MySQL refuses the user", async () => {
    const url = as("mysql", mysql()).replace("someone@", "someone:wrong@");
    const said = await sentence("mysql", url);
    // MariaDB without grant tables lets everyone in.
    expect(said).toMatch(/refuses user "someone" .* put user and password into it|connected/);
    expect(said).not.toContain("wrong");
  });

  describe("PostgreSQL", () => {
    const guest = `raceproof_guest_${randomBytes(4).toString("hex")}`;
    let client: Client;
    beforeAll(async () => {
      client = new Client(postgres());
      await client.connect();
      await client.query(`CREATE ROLE ${guest} LOGIN PASSWORD 'guest'`);
    });
    afterAll(async () => {
      await client.query(`DROP ROLE ${guest}`);
      await client.end();
    });
    const asGuest = (): string => as("postgres", postgres()).replace("someone@", `${guest}:guest@`);

    it("refuses the user, or the database is not there", async () => {
      expect(await sentence("postgres", as("postgres", postgres()))).toContain(
        'refuses user "someone"',
      );
      const nowhere = `${postgres().replace(/\/[^/]*$/, "")}/nowhere`;
      expect(await sentence("postgres", nowhere)).toContain('database "nowhere" does not exist');
    });

    it("does not let the user create a database; one who may needs no more than that", async () => {
      expect(await sentence("postgres", asGuest())).toContain(`ALTER ROLE "${guest}" CREATEDB`);
      await client.query(`ALTER ROLE ${guest} CREATEDB`);
      expect(await sentence("postgres", asGuest())).toBe("connected");
    });
  });
});
