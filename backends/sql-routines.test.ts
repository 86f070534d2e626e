import { expect, test } from "vitest";
import { type Attached, dividedOnServer, type OnServer, type Routine } from "./sql-routines.ts";
import type { Dialect } from "./sql-tokens.ts";

const routine = (name: string, body: string | null): Routine => ({ name, body });
const trigger = (table: string, body: string, ...uses: Attached["uses"]): Attached => ({
  ...{ table, uses, body },
  what: "trigger t",
  is_part: false,
});
const view = (table: string, body: string): Attached => ({
  ...{ table, body },
  uses: ["read"],
  what: `view ${table}`,
  is_part: true,
});

const read_and_write = `DECLARE x int; BEGIN
  -- a comment; with a semicolon
  SELECT n INTO x FROM counter; UPDATE counter SET n = x + 1; END`;
const on_server: OnServer = {
  routines: [
    routine("count_up", read_and_write),
    routine(
      "one_update",
      "BEGIN UPDATE counter SET n = CASE WHEN n < 5 THEN n + 1 ELSE n END; END",
    ),
    routine("plus", "BEGIN RETURN a + b; END"),
    routine("upsert", "INSERT INTO t VALUES (1) ON CONFLICT (id) DO UPDATE SET n = t.n + 1"),
    routine(
      "if_then",
      "BEGIN IF (SELECT n FROM counter) > 0 THEN INSERT INTO log VALUES (1); END IF; END",
    ),
    routine("calls", "BEGIN PERFORM count_up(); END"),
    routine("calls_one", "BEGIN RETURN one_update(); END"),
    routine(
      "again_and_again",
      "BEGIN FOR i IN 1..3 LOOP UPDATE counter SET n = n + 1; END LOOP; END",
    ),
    routine("dynamic", "BEGIN EXECUTE 'UPDATE a'; EXECUTE 'UPDATE b'; END"),
    routine("itself", "BEGIN UPDATE counter SET n = n - 1; RETURN itself(); END"),
    routine("secret", null),
    { ...routine("added", read_and_write), operator: "###" },
    routine("fires", "BEGIN INSERT INTO log VALUES (1); END"),
  ],
  attached: [
    trigger("log", read_and_write, "insert"),
    trigger("stamped", "BEGIN NEW.updated_at = now(); RETURN NEW; END", "update"),
    trigger(
      "audited",
      "BEGIN INSERT INTO audit VALUES (OLD.id); RETURN OLD; END",
      "update",
      "delete",
    ),
    {
      table: "numbered",
      uses: ["insert"],
      what: "the default of n",
      body: "one_update()",
      is_part: true,
    },
    view("seen", "SELECT n, one_update() FROM counter;"),
    view("seen_again", "SELECT n FROM seen"),
    view("plain", "SELECT n FROM counter JOIN other USING (id)"),
  ],
};

const by = (statement: string, dialect: Dialect = "postgres"): string | undefined =>
  dividedOnServer([{ statement }], on_server, dialect)?.by;

test.each([
  ["SELECT count_up()", "function count_up"],
  ["select Count_Up()", "function count_up"],
  ["SELECT * FROM count_up() AS n", "function count_up"],
  ["SELECT public.count_up()", "function count_up"],
  ["UPDATE other SET n = one_update()", "function one_update"],
  ["SELECT one_update(), one_update()", "function one_update"],
  ["SELECT if_then()", "function if_then"],
  ["SELECT calls()", "function calls"],
  ["SELECT again_and_again()", "function again_and_again"],
  ["SELECT dynamic()", "function dynamic"],
  ["SELECT itself()", "function itself"],
  ["SELECT secret()", "function secret"],
  ["INSERT INTO log VALUES (1)", "trigger t"],
  ['INSERT INTO "log" VALUES (1)', "trigger t"],
  ["UPDATE audited SET n = 1", "trigger t"],
  ["DELETE FROM ONLY audited", "trigger t"],
  ["WITH gone AS (DELETE FROM audited RETURNING *) SELECT * FROM gone", "trigger t"],
  ["INSERT INTO audited VALUES (1) ON CONFLICT (id) DO UPDATE SET n = 2", "trigger t"],
  ["INSERT INTO numbered (id) VALUES (1)", "the default of n"],
  ["SELECT a ### b FROM other", "function added"],
  ["SELECT fires()", "function fires"],
  ["SELECT * FROM seen", "view seen"],
  ["SELECT * FROM other JOIN seen_again USING (n)", "view seen_again"],
])("others can come in the middle of %s", (statement, expected) => {
  expect(by(statement)).toBe(expected);
});

test.each([
  ["INSERT INTO audited VALUES (1) ON DUPLICATE KEY UPDATE n = 2", "trigger t"],
  ["REPLACE INTO audited VALUES (1)", "trigger t"],
])("MySQL: others can come in the middle of %s", (statement, expected) => {
  expect(by(statement, "mysql")).toBe(expected);
});

test.each([
  "SELECT one_update()",
  "SELECT * FROM one_update()",
  "SELECT calls_one()",
  "SELECT upsert()",
  "SELECT plus(1, 2)",
  "UPDATE counter SET n = plus(n, 1)",
  "UPDATE counter SET n = 'count_up()'",
  "UPDATE stamped SET n = 1",
  "SELECT * FROM audited FOR UPDATE",
  "SELECT * FROM audited FOR NO KEY UPDATE",
  "INSERT INTO audited VALUES (1)",
  "SELECT * FROM log",
  "UPDATE log SET n = 1",
  "UPDATE numbered SET n = 1",
  "SELECT * FROM plain",
  "SELECT a ## b FROM other",
])("%s is one", (statement) => {
  expect(by(statement)).toBeUndefined();
});

test("the first of several", () => {
  const statements = ["BEGIN", "SELECT plus(1, 1)", "SELECT calls()", "SELECT count_up()"];
  const steps = statements.map((statement) => ({ statement }));
  expect(dividedOnServer(steps, on_server, "postgres")).toEqual({
    statement: "SELECT calls()",
    by: "function calls",
  });
});
