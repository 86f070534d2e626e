import { inject } from "vitest";
import { backendContract } from "../contract.ts";
import { redisFixtures } from "./redis.test-support.ts";

backendContract(
  "Valkey",
  redisFixtures(() => inject("servers").valkey.url),
);
