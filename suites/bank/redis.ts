import type { Redis } from "ioredis";
import { Refused, type Strategy } from "../../matrix/strategy.ts";
import { overdraws, right, wrongTotal } from "./promises.ts";
import { type Balances, first_balances, mustCover, type Transfer } from "./transfer.ts";

/** A bank is a hash with a field for each account. */
const at_first = {
  prepare: async (redis: Redis, bank: string) => void (await redis.hset(bank, first_balances)),
  async read(redis: Redis, bank: string): Promise<Balances> {
    const balances = Object.entries(await redis.hgetall(bank));
    return Object.fromEntries(balances.map(([name, balance]) => [name, Number(balance)]));
  },
};

async function balancesOf(redis: Redis, bank: string, { from, to }: Transfer) {
  const [payer, payee] = await redis.hmget(bank, from, to);
  return { payer: Number(payer), payee: Number(payee) };
}

/** Reads both accounts, computes in the application, and writes both. */
const hgetHset: Strategy<Redis, Transfer> = {
  ...at_first,
  name: "hget-hset",
  declared: wrongTotal,
  async run(redis, bank, { input }) {
    const { payer, payee } = await balancesOf(redis, bank, input);
    mustCover(payer, input);
    const { from, to, amount } = input;
    await redis.hset(bank, { [from]: payer - amount, [to]: payee + amount });
  },
};

/** Redis does the arithmetic, and MULTI makes both changes or none; but the balance was checked earlier. */
const multiAfterCheck: Strategy<Redis, Transfer> = {
  ...at_first,
  name: "multi-after-check",
  declared: overdraws,
  async run(redis, bank, { input }) {
    mustCover(Number(await redis.hget(bank, input.from)), input);
    const { from, to, amount } = input;
    await redis.multi().hincrby(bank, from, -amount).hincrby(bank, to, amount).exec();
  },
};

const attempts_max = 100;

/** EXEC answers null when another client has written the watched key: read again and retry. */
const watch: Strategy<Redis, Transfer> = {
  ...at_first,
  name: "watch-multi-exec",
  declared: right,
  async run(redis, bank, { input }, { backoff }) {
    const { from, to, amount } = input;
    for (let attempt = 1; attempt <= attempts_max; attempt++) {
      await redis.watch(bank);
      const { payer, payee } = await balancesOf(redis, bank, input);
      mustCover(payer, input);
      const written = { [from]: payer - amount, [to]: payee + amount };
      if ((await redis.multi().hset(bank, written).exec()) !== null) return;
      await backoff(attempt);
    }
    throw new Refused(`${bank} had changed at each of ${attempts_max} attempts`);
  },
};

const transfer_if_covered = `
  if tonumber(redis.call("HGET", KEYS[1], ARGV[1])) < tonumber(ARGV[3]) then return 0 end
  redis.call("HINCRBY", KEYS[1], ARGV[1], -ARGV[3])
  redis.call("HINCRBY", KEYS[1], ARGV[2], ARGV[3])
  return 1`;

/** Checks and changes in one script: no other command runs in between. */
const lua: Strategy<Redis, Transfer> = {
  ...at_first,
  name: "lua",
  declared: right,
  async run(redis, bank, { input: { from, to, amount } }) {
    const done = await redis.eval(transfer_if_covered, 1, bank, from, to, amount);
    if (done === 0) throw new Refused(`there is less than ${amount} on account ${from}`);
  },
};

export const strategies: readonly Strategy<Redis, Transfer>[] = [
  hgetHset,
  multiAfterCheck,
  watch,
  lua,
];
