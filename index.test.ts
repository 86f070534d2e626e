import { expect, test } from "vitest";
import { type ExploreOptions, explore, obeys, RaceFound } from "./index.ts";
import { type Memory, SharedMemory } from "./schedules/run/shared-memory.test-support.ts";

/** Client 1 writes to the primary and then to the copy, client 2 reads twice. */
const register: ExploreOptions<Memory> = {
  name: "register",
  backend: new SharedMemory(),
  operations: 2,
  exhaustive: true,
  async setup(memory) {
    for (const name of ["primary", "copy"]) await memory.set(name, 0);
  },
  operation: (client, operation) =>
    client === 1 ? { f: "write", input: operation } : { f: "read", input: null },
  async run(memory, { client, operation }) {
    if (client === 2) return memory.get(operation === 1 ? "primary" : "copy");
    await memory.set("primary", operation);
    await memory.set("copy", operation);
    return undefined;
  },
  check: obeys("register", { initial: 0 }),
};

test("a model judges the recorded operations: a copy that lags behind is no register", async () => {
  const error = await explore(register).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(RaceFound);
  expect((error as RaceFound).exploration.failure?.kind).toBe("not linearizable");
});

test("what obeys its model passes", async () => {
  const sound = {
    ...register,
    run: (memory: Memory, { client, operation }: { client: number; operation: number }) =>
      client === 2 ? memory.get("primary") : memory.set("primary", operation),
  };
  expect((await explore(sound)).complete).toBe(true);
});

/** Both clients deposit one; `run` says how. */
const deposits = (run: ExploreOptions<Memory>["run"]): ExploreOptions<Memory> => ({
  name: "deposits",
  backend: new SharedMemory(),
  setup: (memory) => memory.set("balance", 0),
  operation: { f: "add", input: 1 },
  run,
  check: obeys("counter", {
    final: async (memory) => ({ f: "read", output: await memory.get("balance") }),
  }),
});

test("what is there at the end is judged: a deposit that is lost shows nowhere else", async () => {
  const lossy = deposits(async (memory) => {
    const balance = await memory.get("balance");
    await memory.set("balance", balance + 1);
  });
  await expect(explore(lossy)).rejects.toThrow("not linearizable");
  const sound = deposits(async (memory) => void (await memory.add("balance", 1)));
  expect(await explore(sound)).toMatchObject({ proof: true });
});

test("who begins after a deposit has returned must see it", async () => {
  const options: ExploreOptions<Memory> = {
    ...register,
    operations: 1,
    run: async (memory, { client }) =>
      client === 1 ? memory.set("primary", 1) : memory.get("copy"),
  };
  await expect(explore(options)).rejects.toThrow("not linearizable");
});

test("a model that there is not is named", () => {
  expect(() => obeys("regsiter")).toThrow('There is no model "regsiter"; there are register,');
});
