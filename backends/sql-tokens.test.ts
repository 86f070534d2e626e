import { describe, expect, test } from "vitest";
import { type Dialect, statementsOf, textsOf, withBlockComments } from "./sql-tokens.ts";

const said = (sql: string, dialect: Dialect): string[][] | undefined =>
  statementsOf(sql, dialect)?.map((tokens) => tokens.map(({ kind, text }) => `${kind} ${text}`));

describe("both", () => {
  for (const dialect of ["postgres", "mysql"] as const) {
    test(`${dialect}: statements end at semicolons, not at those in a text, a name or a comment`, () => {
      const sql = "SELECT ';' /* ; */ -- ;\n, 1.5; ; UPDATE t SET a='it''s';";
      expect(said(sql, dialect)).toEqual([
        ["word select", "text ;", "sign ,", "number 1.5"],
        ["word update", "word t", "word set", "word a", "sign =", "text it's"],
      ]);
    });

    test(`${dialect}: what has no end cannot be read`, () => {
      for (const sql of ["SELECT 'a", "SELECT 1 /* a"]) expect(said(sql, dialect)).toBe(undefined);
    });
  }
});

test("PostgreSQL's own: backslashes, dollars, nested comments, parameters, operators", () => {
  const sql = `SELECT 'a\\', E'b\\'\\n', $$ ' $$, $x$ $$ $x$, $1::int, "A""b", a ? 'k' /* /* ' */ ' */, x'ff', 5--'`;
  expect(said(sql, "postgres")?.[0]?.filter((token) => token !== "sign ,")).toEqual([
    "word select",
    "text a\\",
    "text b'\n",
    "text  ' ",
    "text  $$ ",
    "place $1",
    "sign ::",
    "word int",
    'name A"b',
    "word a",
    "sign ?",
    "text k",
    "bits x'ff'",
    "number 5",
  ]);
});

test("MySQL's own: backslashes, double quotes, backticks, variables, comments", () => {
  const sql = "SELECT 'it\\'s', \"a\"\"b\", `c``d`, @v := ?, @@x.y, 0xff # it's\n, 5--1 -- it's";
  expect(said(sql, "mysql")?.[0]?.filter((token) => token !== "sign ,")).toEqual([
    "word select",
    "text it's",
    'text a"b',
    "name c`d",
    "variable @v",
    "sign :=",
    "place ?",
    "variable @@x.y",
    "bits 0xff",
    "number 5",
    "sign -",
    "sign -",
    "number 1",
  ]);
});

test("a comment that MySQL carries out cannot be read", () => {
  expect(said("SELECT 1 /*! FOR UPDATE */", "mysql")).toBe(undefined);
  expect(said("SELECT 1 /*M! FOR UPDATE */", "mysql")).toBe(undefined);
});

test("a text is cut where its statements end, and nowhere else", () => {
  expect(textsOf("SELECT ';' ; -- a;\nSELECT 2;  ", "mysql")).toEqual([
    "SELECT ';' ",
    " -- a;\nSELECT 2;  ",
  ]);
  expect(textsOf("SELECT $$a;b$$; SELECT /* ; /* ; */ ; */ 2", "postgres")).toEqual([
    "SELECT $$a;b$$",
    " SELECT /* ; /* ; */ ; */ 2",
  ]);
  expect(textsOf("SELECT 1;; -- nothing", "mysql")).toEqual(["SELECT 1;; -- nothing"]);
  expect(textsOf("SELECT 1;; SELECT 2", "mysql")).toBe(undefined);
  expect(textsOf("SELECT 'a; SELECT 2", "mysql")).toBe(undefined);
  expect(textsOf(" ; ", "mysql")).toBe(undefined);
});

test.each([
  ["-- counts up\nSELECT f()", "/* counts up */\nSELECT f()"],
  ["SELECT '--', 1 -- it's */ one\n, f()", "SELECT '--', 1 /* it's  one */\n, f()"],
  ["/* -- */ SELECT 1", "/* -- */ SELECT 1"],
] as const)("a comment up to the end of its line: %j", (sql, expected) => {
  for (const dialect of ["postgres", "mysql"] as const)
    expect(withBlockComments(sql, dialect)).toBe(expected);
});

test("comments of MySQL, and signs that are none", () => {
  expect(withBlockComments("# it\nSELECT 1--1", "mysql")).toBe("/* it */\nSELECT 1--1");
  expect(withBlockComments("SELECT a #- b", "postgres")).toBe("SELECT a #- b");
});
