import { backendContract } from "../contract.ts";
import { ownServer } from "../own-server.ts";
import { mysqlFixtures } from "./mysql.test-support.ts";

backendContract("MySQL", mysqlFixtures(ownServer("mysql")));
