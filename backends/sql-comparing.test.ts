import { expect, test } from "vitest";
import { ComparedRows } from "./sql-comparing.ts";
import { factsOfSql } from "./sql-facts.ts";
import { type Dialect, statementsOf } from "./sql-tokens.ts";
import type { Reply, Request } from "./wire.ts";

const requestOf = (statement: string, dialect: Dialect): Request => ({
  statement,
  kind: "write",
  keys: undefined,
  commits_itself: true,
  facts: (reply) => factsOfSql(statementsOf(statement, dialect), dialect, [], reply as Reply),
});

/** What is asked before the write, by an operation that has read these rows. */
function checkOf(
  write: string,
  read: string,
  rows: Reply["rows"] & object,
  dialect: Dialect = "postgres",
): string | undefined {
  const compared = new ComparedRows(dialect);
  compared.replied(requestOf(read, dialect), { rows, row_count: rows.length });
  return compared.check(requestOf(write, dialect));
}

const alice = "SELECT balance, owner FROM account WHERE id = 1";

test("the row that was read, with all that is known of it", () => {
  const write = "UPDATE account SET balance = 70 WHERE id = 1";
  expect(checkOf(write, alice, [{ balance: 100, owner: null }])).toBe(
    `SELECT 1 FROM account WHERE "id" = '1' AND "balance" = '100' AND "owner" IS NULL FOR NO KEY UPDATE`,
  );
  const quoted = "UPDATE `account` a SET balance = 70 WHERE a.id = 1";
  expect(checkOf(quoted, alice, [{ owner: "O'Neil\\" }], "mysql")).toBe(
    "SELECT 1 FROM `account` a WHERE `id` = '1' AND `owner` = 'O''Neil\\\\' FOR UPDATE",
  );
  expect(checkOf(quoted, alice, [{ owner: '["a"]' }], "mysql")).toContain(
    `(\`owner\` = '["a"]' OR \`owner\` = JSON_EXTRACT('["a"]', '$'))`,
  );
  expect(checkOf(quoted, alice, [{ owner: "[a" }], "mysql")).not.toContain("JSON");
  expect(checkOf("DELETE FROM account WHERE id = 1", alice, [{ balance: 5 }])).toMatch(
    /FOR UPDATE$/,
  );
});

test.each([
  ["another row", "UPDATE account SET balance = 70 WHERE id = 2", alice],
  ["another table", "UPDATE entry SET balance = 70 WHERE id = 1", alice],
  ["an insert", "INSERT INTO account (id, balance) VALUES (1, 70)", alice],
  [
    "a sum",
    "UPDATE account SET balance = 70 WHERE id = 1",
    "SELECT sum(balance) AS balance FROM account WHERE id = 1",
  ],
  ["nobody knows which row", "UPDATE account SET balance = 70 WHERE id > 0", alice],
])("nothing is asked: %s", (_why, write, read) => {
  expect(checkOf(write, read, [{ balance: 100 }])).toBeUndefined();
});

test("which of several rows is written must be certain, and a row is compared once", () => {
  const all = "SELECT id, balance FROM account";
  const rows = [
    { id: 1, balance: 100 },
    { id: 2, balance: 50 },
  ];
  const write = "UPDATE account SET balance = 0 WHERE id = 2";
  expect(checkOf(write, all, rows)).toContain(`"balance" = '50'`);
  expect(checkOf("UPDATE account SET balance = 0", all, rows)).toBeUndefined();
  const compared = new ComparedRows("postgres");
  compared.replied(requestOf(all, "postgres"), { rows, row_count: 2 });
  expect(compared.check(requestOf(write, "postgres"))).toBeDefined();
  expect(compared.check(requestOf(write, "postgres"))).toBeUndefined();
});
