import { expect, test } from "vitest";
import { textsOfDump } from "./sql-dump.ts";

test("a schema of our own stays as it is", () => {
  const schema = "CREATE TABLE a (id int);\nINSERT INTO a VALUES (1); -- use it";
  expect(textsOfDump(schema, "mysql")).toEqual([schema]);
  expect(textsOfDump(schema, "postgres")).toEqual([schema]);
  const of_schemas = "CREATE SCHEMA shop; CREATE TABLE shop.a (id int)";
  expect(textsOfDump(of_schemas, "postgres")).toEqual([of_schemas]);
});

test("what makes or chooses a database is left out", () => {
  const dump =
    "/*!40000 DROP DATABASE IF EXISTS `shop`*/;\n\n" +
    "CREATE DATABASE /*!32312 IF NOT EXISTS*/ `shop` /*!40100 DEFAULT CHARACTER SET utf8mb4 */;\n" +
    "USE `shop`;\nCREATE TABLE used (use_id int);";
  expect(textsOfDump(dump, "mysql").join("").trim()).toBe("CREATE TABLE used (use_id int);");
  const of_postgres = "CREATE DATABASE shop WITH TEMPLATE = template0;\n\\connect shop\nSELECT 1;";
  expect(textsOfDump(of_postgres, "postgres").join("").trim()).toBe("SELECT 1;");
});

test("a trigger behind another delimiter is one text", () => {
  const trigger =
    "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN SET @a = 1; SET @b = 2; END";
  const dump = `CREATE TABLE a (id int);\nDELIMITER ;;\n${trigger} ;;\nDELIMITER ;\nINSERT INTO a VALUES (1);`;
  expect(textsOfDump(dump, "mysql").map((text) => text.trim())).toEqual([
    "CREATE TABLE a (id int);",
    trigger,
    "INSERT INTO a VALUES (1);",
  ]);
});

test("rows that only psql can send are refused with what to do", () => {
  const dump = "COPY public.a (id) FROM stdin;\n1\n\\.\n";
  expect(() => textsOfDump(dump, "postgres")).toThrow("dump them with --inserts");
});
