import { backendContract } from "../contract.ts";
import { ownServer } from "../own-server.ts";
import { redisFixtures } from "./redis.test-support.ts";

backendContract("Valkey", redisFixtures(ownServer("valkey")));
