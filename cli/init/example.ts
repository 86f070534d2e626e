/** The example test that `raceproof init` writes: a race that is found, and its repair that is proved. */
import type { Driver, Runner } from "./project.ts";

/** Code that differs from driver to driver. */
interface Parts {
  readonly database: string;
  readonly imports: string;
  /** What the functions need. */
  readonly before?: readonly string[];
  readonly schema?: string;
  readonly client: string;
  readonly setup: string;
  /** The body of a function that reads and then writes; and of one that does both at once. */
  readonly racy: readonly string[];
  readonly repaired: readonly string[];
}

const sql = {
  schema: '"CREATE TABLE account (id varchar(20) PRIMARY KEY, balance int)"',
  read: "SELECT balance FROM account WHERE id = 'alice'",
};

const dynamodb: Parts = {
  database: "dynamodb",
  imports: `import {
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";`,
  before: [
    "const connect = (endpoint) =>",
    "  new DynamoDBClient({",
    "    endpoint,",
    '    region: "us-east-1",',
    '    credentials: { accessKeyId: "raceproof", secretAccessKey: "raceproof" },',
    "  });",
    "",
    "const createTable = (url) =>",
    "  connect(url).send(",
    "    new CreateTableCommand({",
    '      TableName: "account",',
    '      BillingMode: "PAY_PER_REQUEST",',
    '      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],',
    '      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],',
    "    }),",
    "  );",
    "",
    "const put = (balance) =>",
    '  new PutItemCommand({ TableName: "account", Item: { id: { S: "alice" }, balance: { N: balance } } });',
    "",
    'const alice = { TableName: "account", Key: { id: { S: "alice" } } };',
    "",
  ],
  schema: "createTable",
  client: "connect(url)",
  setup: 'db.send(put("100"))',
  racy: [
    "const { Item } = await db.send(new GetItemCommand({ ...alice, ConsistentRead: true }));",
    "await db.send(put(String(Number(Item.balance.N) - 30)));",
  ],
  repaired: [
    "const change = {",
    '  UpdateExpression: "ADD balance :change",',
    '  ExpressionAttributeValues: { ":change": { N: "-30" } },',
    "};",
    "await db.send(new UpdateItemCommand({ ...alice, ...change }));",
  ],
};

const parts: Readonly<Record<Driver["name"], Parts>> = {
  pg: {
    database: "postgres",
    imports: 'import pg from "pg";',
    schema: sql.schema,
    client: "new pg.Pool({ connectionString: url })",
    setup: `db.query("DELETE FROM account; INSERT INTO account VALUES ('alice', 100)")`,
    racy: [
      `const { rows } = await db.query("${sql.read}");`,
      "const balance = rows[0].balance - 30;",
      `await db.query("UPDATE account SET balance = $1 WHERE id = 'alice'", [balance]);`,
    ],
    repaired: [
      `await db.query("UPDATE account SET balance = balance - $1 WHERE id = 'alice'", [30]);`,
    ],
  },
  postgres: {
    database: "postgres",
    imports: 'import postgres from "postgres";',
    schema: sql.schema,
    client: "postgres(url)",
    setup: "db`DELETE FROM account`.then(() => db`INSERT INTO account VALUES ('alice', 100)`)",
    racy: [
      `const [account] = await db\`${sql.read}\`;`,
      "const balance = account.balance - 30;",
      "await db`UPDATE account SET balance = ${balance} WHERE id = 'alice'`;",
    ],
    repaired: ["await db`UPDATE account SET balance = balance - ${30} WHERE id = 'alice'`;"],
  },
  mysql2: {
    database: "mysql",
    imports: 'import mysql from "mysql2/promise";',
    schema: sql.schema,
    client: "mysql.createPool(url)",
    setup: `db.query("REPLACE INTO account VALUES ('alice', 100)")`,
    racy: [
      `const [rows] = await db.query("${sql.read}");`,
      "const balance = rows[0].balance - 30;",
      `await db.query("UPDATE account SET balance = ? WHERE id = 'alice'", [balance]);`,
    ],
    repaired: [
      `await db.query("UPDATE account SET balance = balance - ? WHERE id = 'alice'", [30]);`,
    ],
  },
  ioredis: {
    database: "redis",
    imports: 'import { Redis } from "ioredis";',
    client: "new Redis(url)",
    setup: 'db.set("balance", "100")',
    racy: [
      'const balance = Number(await db.get("balance"));',
      'await db.set("balance", String(balance - 30));',
    ],
    repaired: ['await db.decrby("balance", 30);'],
  },
  redis: {
    database: "redis",
    imports: 'import { createClient } from "redis";',
    client: "createClient({ url }).connect()",
    setup: 'db.set("balance", "100")',
    racy: [
      'const balance = Number(await db.get("balance"));',
      'await db.set("balance", String(balance - 30));',
    ],
    repaired: ['await db.decrBy("balance", 30);'],
  },
  "@aws-sdk/client-dynamodb": dynamodb,
};

/** @returns the text of the file */
export function exampleFor({ name, orm }: Driver, runner: Runner): string {
  const part = parts[name];
  const head = heads[runner.name];
  const orm_hint = orm
    ? [`// With ${orm}: make it here, at this url, and use it as \`db\` below.`]
    : [];
  return [
    part.imports,
    ...head.imports,
    "",
    ...(part.before ?? []),
    "// Your own code in place of this: right for one customer at a time, wrong for two at once.",
    ...functionOf("withdraw", part.racy),
    "",
    "// The repair: one statement that reads and writes.",
    ...functionOf("withdrawSafely", part.repaired),
    "",
    ...head.before(part.database, part.schema),
    "const program = {",
    ...head.inside(part.database, part.schema).map((line) => `  ${line}`),
    ...orm_hint.map((line) => `  ${line}`),
    `  client: (url) => ${part.client},`,
    `  setup: (db) => ${part.setup},`,
    "};",
    "",
    'test("two withdrawals at once lose one", async () => {',
    ...head.racy.map((line) => `  ${line}`),
    head.end,
    "",
    'test("repaired: proved in every interleaving", async () => {',
    ...head.repaired.map((line) => `  ${line}`),
    head.end,
    "",
  ].join("\n");
}

const functionOf = (name: string, body: readonly string[]): string[] => [
  `async function ${name}(db) {`,
  ...body.map((line) => `  ${line}`),
  "}",
];

type SaysDatabase = (kind: string, schema: string | undefined) => readonly string[];

/** Code that differs from runner to runner. */
interface Head {
  readonly imports: readonly string[];
  /** Where the database is said: before the program, or inside it. */
  readonly before: SaysDatabase;
  readonly inside: SaysDatabase;
  readonly racy: readonly string[];
  readonly repaired: readonly string[];
  readonly end: string;
}

const withMatchers = (imports: readonly string[]): Head => ({
  imports,
  before: (kind, schema) => [
    `const database = withDatabase("${kind}"${schema ? `, ${schema}` : ""});`,
  ],
  inside: () => [],
  racy: [
    "// Write toBeRaceFree() instead to see what it reports.",
    "await expect({ ...database, ...program, run: withdraw }).toHaveRace();",
  ],
  repaired: ["await expect({ ...database, ...program, run: withdrawSafely }).toBeRaceFree();"],
  end: "}, 60_000);",
});

const withExplore = (test_import: string): Head => ({
  imports: [
    'import assert from "node:assert/strict";',
    test_import,
    'import { explore } from "raceproof";',
  ],
  before: () => [],
  inside: (kind, schema) => [
    `database: "${kind}",`,
    ...(schema === undefined ? [] : [`schema: ${schema},`]),
  ],
  racy: [
    "// Without assert.rejects you see what it reports.",
    'await assert.rejects(explore({ ...program, name: "withdraw", run: withdraw }), {',
    '  name: "RaceFound",',
    "});",
  ],
  repaired: [
    'const report = await explore({ ...program, name: "repaired", run: withdrawSafely });',
    "assert.ok(report.proof, report.text);",
  ],
  end: "});",
});

const heads: Readonly<Record<Runner["name"], Head>> = {
  vitest: withMatchers([
    'import { withDatabase } from "raceproof/vitest";',
    'import { expect, test } from "vitest";',
  ]),
  jest: withMatchers([
    'import { expect, test } from "@jest/globals";',
    'import { withDatabase } from "raceproof/jest";',
  ]),
  mocha: withExplore('import { it as test } from "mocha";'),
  "node:test": withExplore('import { test } from "node:test";'),
};
