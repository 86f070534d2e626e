import { expect, test } from "vitest";
import { tablesIn } from "./sql-tables.ts";
import { statementsOf } from "./sql-tokens.ts";

const named = (sql: string): string[] =>
  tablesIn(statementsOf(sql, "mysql")![0]!).map(({ schema, name }) =>
    schema === undefined ? name : `${schema}.${name}`,
  );

test.each([
  ["SELECT a.id, b.id FROM account a, shop.orders b WHERE a.id = b.id", ["account", "shop.orders"]],
  ["SELECT * FROM x.a JOIN `y`.b ON a.id = b.id", ["x.a", "y.b"]],
  ["INSERT IGNORE INTO shop.audit (n) SELECT n FROM old.audit", ["shop.audit", "old.audit"]],
  ["UPDATE shop.a SET n = (SELECT max(t.n) FROM (SELECT n FROM b) t)", ["shop.a", "b"]],
  ["DELETE FROM Account WHERE a.id IN (1, 2)", ["Account"]],
  ["CREATE TABLE IF NOT EXISTS shop.a (id int)", ["shop.a"]],
])("%s", (sql, tables) => {
  expect(named(sql)).toEqual(tables);
});

test.each([
  ["SELECT EXTRACT(YEAR FROM a.made) FROM a", ["a"]],
  ["SELECT TRIM(BOTH 'x' FROM a.name) FROM a", ["a"]],
  ["SELECT 1 FROM a WHERE a.x IS NOT DISTINCT FROM a.y", ["a"]],
  ["INSERT INTO a VALUES (1) ON DUPLICATE KEY UPDATE a.n = a.n + 1", ["a"]],
  ["SELECT n FROM a FOR UPDATE", ["a"]],
])("a column is no table: %s", (sql, tables) => {
  expect(named(sql)).toEqual(tables);
});
