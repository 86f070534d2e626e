/** How one gets into each kind of server that asks for nothing, and what one does there. Each throws when refused. */
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import mysql from "mysql2/promise";
import zookeeper from "node-zookeeper-client";
import pg from "pg";
import type { ServerKind } from "../../servers/server.ts";

/** A server, as a neighbour sees it. */
export interface Seen {
  readonly kind: ServerKind;
  readonly port: number;
  readonly pid: number;
  /** Its private folder, which stands in its arguments. */
  readonly home: string;
}

type Attempts = Record<string, () => Promise<unknown>>;
type AttemptsAt = (server: Seen, passwords: readonly string[]) => Attempts;

const host = "127.0.0.1";
const limit_ms = 5_000;

/** One attempt for each of them: `enter as root with "secret"`. */
const each = (
  users: readonly string[],
  passwords: readonly string[],
  enter: (user: string, password: string) => Promise<unknown>,
): Attempts =>
  Object.fromEntries(
    users.flatMap((user) =>
      ["", ...passwords].map((password) => [
        `enter as "${user}" with "${password}"`,
        () => enter(user, password),
      ]),
    ),
  );

/** Runs a program as the person who runs the server. */
async function byPostgres(login: pg.ClientConfig): Promise<unknown> {
  const client = new pg.Client({
    ...login,
    database: "postgres",
    connectionTimeoutMillis: limit_ms,
  });
  client.on("error", () => undefined);
  try {
    await client.connect();
    await client.query("COPY (SELECT 1) TO PROGRAM 'cat > /dev/null'");
    return "a program was run";
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Writes and reads files as the person who runs the server. */
async function byMysql(login: mysql.ConnectionOptions): Promise<unknown> {
  const connection = await mysql.createConnection({ ...login, connectTimeout: limit_ms });
  const write = connection.query("SELECT 1 INTO OUTFILE '/tmp/raceproof-second-user'");
  const wrote = await write.then(
    () => ["INTO OUTFILE"],
    () => [],
  );
  const [[row]] = await connection.query<mysql.RowDataPacket[]>(
    "SELECT LOAD_FILE('/etc/passwd') IS NOT NULL OR @@local_infile AS file",
  );
  connection.destroy();
  const done = [...wrote, ...(row!["file"] ? ["read files"] : [])];
  return `logged in; can also ${done.join() || "nothing"}`;
}

const atMysql: AttemptsAt = ({ home, port }, passwords) => ({
  ...each(["root", "mysql", ""], passwords, (user, password) =>
    byMysql({ host, port, user, password }),
  ),
  "through its socket": () => byMysql({ socketPath: `${home}/data/mysql.sock`, user: "root" }),
});

/** What would write files, or load code, for whoever has got in. */
const dangerous: readonly (readonly string[])[] = [
  ["CONFIG", "SET", "dir", "/tmp"],
  ["CONFIG", "SET", "dbfilename", "second-user"],
  ["EVAL", "return redis.call('config', 'set', 'dir', '/tmp')", "0"],
  ["MODULE", "LOAD", "/tmp/module.so"],
  ["DEBUG", "SLEEP", "0"],
];

/** Speaks the protocol itself, because a library may go on with what it was refused. */
async function byRedis(port: number, commands: typeof dangerous): Promise<unknown> {
  const said = await answers(
    port,
    [...commands, ["PING"], ["QUIT"]].map((words) => `${words.map(quoted).join(" ")}\r\n`).join(""),
  );
  const replies = said.trim().split("\r\n");
  if (!replies.includes("+PONG")) throw new Error(replies[0]);
  const done = commands.filter(([name], i) => name !== "AUTH" && !replies[i]?.startsWith("-"));
  return `logged in; can also ${done.length > 0 ? JSON.stringify(done) : "nothing"}`;
}

const quoted = (word: string): string => JSON.stringify(word);

const atRedis: AttemptsAt = ({ port }, passwords) =>
  each(["default", "root"], passwords, (username, password) =>
    byRedis(port, [...(password === "" ? [] : [["AUTH", username, password]]), ...dangerous]),
  );

async function byDynamodb(port: number, path: string): Promise<unknown> {
  const credentials = { accessKeyId: path || "local", secretAccessKey: path || "local" };
  const endpoint = `http://${host}:${port}/${path}`;
  const client = new DynamoDBClient({ endpoint, region: "local", credentials, maxAttempts: 1 });
  try {
    const abortSignal = AbortSignal.timeout(limit_ms);
    return (await client.send(new ListTablesCommand({}), { abortSignal })).TableNames;
  } finally {
    client.destroy();
  }
}

async function asked(url: string, method: string): Promise<unknown> {
  const answer = await fetch(url, { method });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  return answer.text();
}

async function byZookeeper(port: number, login: string | undefined): Promise<unknown> {
  // The library tries for ever where a connection is closed at once; this throws.
  await answers(port, "srvr");
  const client = zookeeper.createClient(`${host}:${port}`, { retries: 0 });
  const path = `/second-user-${process.pid}-${Math.random()}`;
  const made = new Promise<string>((resolve, reject) => {
    // The library knows no number for this refusal, and throws.
    process.once("uncaughtException", reject);
    client.once("disconnected", () => reject(new Error("the connection was closed")));
    client.once("authenticationFailed" as never, () => reject(new Error("refused")));
    client.once("connected", () =>
      client.create(path, zookeeper.CreateMode.EPHEMERAL, (error, name) =>
        error ? reject(error) : resolve(name),
      ),
    );
  });
  if (login !== undefined) client.addAuthInfo("digest", Buffer.from(login));
  client.connect();
  try {
    return await Promise.race([
      made,
      pause(limit_ms).then(() => Promise.reject(new Error("no answer"))),
    ]);
  } finally {
    process.removeAllListeners("uncaughtException");
    client.close();
  }
}

/** What the server answers to these words, until it closes the connection. */
async function answers(port: number, words: string): Promise<string> {
  const socket = connect(port, host);
  let said = "";
  socket.on("data", (bytes) => (said += bytes.toString()));
  socket.write(words);
  await once(socket, "close");
  return said;
}

async function fourLetters(port: number, word: string): Promise<string> {
  const said = await answers(port, word);
  if (/is not executed because it is not in the whitelist/.test(said)) throw new Error(said.trim());
  return said;
}

export const attempts_at: Readonly<Record<ServerKind, AttemptsAt>> = {
  postgres: ({ home, port }, passwords) => ({
    ...each(["postgres", "root", "nobody"], passwords, (user, password) =>
      byPostgres({ host, port, user, password }),
    ),
    "through its socket": () => byPostgres({ host: `${home}/data`, port, user: "postgres" }),
  }),
  mysql: atMysql,
  mariadb: atMysql,
  redis: atRedis,
  valkey: atRedis,
  dynamodb: ({ port }, passwords) => ({
    ...each(["any"], [...passwords, "shell", "..", "%2e"], (_, path) => byDynamodb(port, path)),
    "open its shell": () => asked(`http://${host}:${port}/shell/`, "GET"),
    "come as a page in a browser": () => asked(`http://${host}:${port}/`, "OPTIONS"),
  }),
  zookeeper: ({ port }, passwords) => ({
    "enter without a log-in": () => byZookeeper(port, undefined),
    ...each(["raceproof", "super"], passwords, (user, password) =>
      byZookeeper(port, `${user}:${password}`),
    ),
    ...Object.fromEntries(
      ["conf", "dump", "envi", "cons", "wchp"].map((word) => [
        `ask "${word}"`,
        () => fourLetters(port, word),
      ]),
    ),
  }),
};
