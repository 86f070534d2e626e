import { inject } from "vitest";
import { backendContract } from "../contract.ts";
import { mysqlFixtures } from "./mysql.test-support.ts";

backendContract(
  "MariaDB",
  mysqlFixtures(() => inject("servers").mariadb.url),
);
