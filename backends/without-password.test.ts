import { expect, test } from "vitest";
import { withoutPassword } from "./without-password.ts";

test.each([
  ["--clients", "--clients"],
  ["mysql", "mysql"],
  ["mysql://127.0.0.1:3306/shop", "mysql://127.0.0.1:3306/shop"],
  ["postgres://me@127.0.0.1/shop?sslmode=require", "postgres://me@127.0.0.1/shop?sslmode=require"],
  ["mysql://root:p@w@127.0.0.1:3306/shop", "mysql://root:…@127.0.0.1:3306/shop"],
  ["--database=redis://:p%2Fw@127.0.0.1:6379", "--database=redis://:…@127.0.0.1:6379"],
  ["postgres://127.0.0.1/shop?user=me&password=pw", "postgres://127.0.0.1/shop"],
  ["mysql://root:p/w@127.0.0.1/shop", "…"],
  ["redis//:p@w@127.0.0.1", "redis//:…@127.0.0.1"],
  ["root:pw@127.0.0.1:3306", "root:…@127.0.0.1:3306"],
  ["MYSQL://root:pw@127.0.0.1", "MYSQL:…@127.0.0.1"],
  ["me@127.0.0.1:3306", "me@127.0.0.1:3306"],
  ["sql=mysql://root:p#w@127.0.0.1/shop", "sql=…"],
])("%s is shown as %s", (word, shown) => {
  expect(withoutPassword(word)).toBe(shown);
});
