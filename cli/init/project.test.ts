import { expect, test } from "vitest";
import { driversOf } from "./project.ts";

const first = (names: readonly string[], prisma_schema?: string) => {
  const [driver] = driversOf(
    { devDependencies: Object.fromEntries(names.map((name) => [name, "*"])) },
    prisma_schema,
  );
  return driver && [driver.name, driver.orm];
};

test("the driver is the project's own, or the one that its ORM brings", () => {
  expect(first(["mysql2", "knex"])).toEqual(["mysql2", "knex"]);
  expect(first(["@mikro-orm/core", "@mikro-orm/mysql"])).toEqual(["mysql2", "@mikro-orm/core"]);
  expect(first(["@aws-sdk/lib-dynamodb"])).toEqual(["@aws-sdk/client-dynamodb", undefined]);
  expect(first(["knex"])).toBeUndefined();
});

test("Prisma says in its schema for which database it is", () => {
  const schema = (provider: string) =>
    `generator client { provider = "prisma-client" }\ndatasource db {\n  provider = "${provider}"\n}`;
  expect(first(["@prisma/client"], schema("postgresql"))).toEqual(["pg", "@prisma/client"]);
  expect(first(["@prisma/client"], schema("mysql"))).toEqual(["mysql2", "@prisma/client"]);
  expect(first(["@prisma/client"], schema("mongodb"))).toBeUndefined();
  expect(first(["@prisma/client"])).toBeUndefined();
});
