import { resolve } from "node:path";
import { expect, test } from "vitest";
import { commentedIn } from "./statement-comment.ts";

const place = (file: string, line: number) => ({ file: resolve(file), line, column: 1 });

test.each([
  ["SELECT 1 /*file='app%2Fbank.py',line='12'*/", place("app/bank.py", 12)],
  ["/*action='show',file='app/bank.php',line='12'*/ SELECT 1", place("app/bank.php", 12)],
  ["SELECT 1 /*source_location:app/models/user.rb:12:in 'pay'*/", place("app/models/user.rb", 12)],
  ["SELECT 1 /*source_location='app%2Fuser.rb%3A12'*/", place("app/user.rb", 12)],
  ["-- File: src/Bank.cs:12\n\nSELECT 1", place("src/Bank.cs", 12)],
])("a file and a line: %s", (statement, source) => {
  expect(commentedIn(statement)).toEqual({ bare: "SELECT 1", source });
});

test.each([
  ["SELECT 1 /*controller='users',action='show',db_driver='pg'*/", "controller users, action show"],
  ["SELECT 1 /*application:Shop,controller:users,action:show*/", "controller users, action show"],
  ["SELECT 1 /*route='%2Fpolls%2F%3Aid',traceparent='00-5bd6-01'*/", "route /polls/:id"],
])("a route: %s", (statement, route) => {
  expect(commentedIn(statement)).toEqual({ bare: "SELECT 1", route });
});

test.each([
  "SELECT 1 /* a remark */",
  "SELECT /*+ INDEX(a) */ 1",
  "SELECT 'a /*file:x,line:1*/' /* b */",
  "SELECT 1 /*line='12'*/",
  "SELECT 1 /*file='a.py',line='no'*/",
  "SELECT 1 /*traceparent='%zz'*/",
])("nothing of the kind: %s", (statement) => {
  expect(commentedIn(statement)).toEqual({ bare: statement });
});
