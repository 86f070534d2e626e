import { bankChecker } from "../../checkers/bank.ts";
import type { Invocation, Workload } from "../../matrix/workload.ts";
import { everyTransferCounts } from "./every-transfer-counts.ts";
import { accounts, first_balances, type Transfer } from "./transfer.ts";

const transfer = (from: string, to: string, amount: number): Invocation<Transfer> => ({
  f: "transfer",
  input: { from, to, amount },
});

/** Account `a` holds enough money for one of the first two transfers, not for both. */
const of_client = [transfer("a", "b", 60), transfer("a", "c", 60), transfer("b", "a", 30)] as const;

const total = Object.values(first_balances).reduce((sum, balance) => sum + balance, 0);
const amount_max = 60;

/** Transfers between accounts: money is neither made nor lost, no account is overdrawn, every transfer counts. */
export const transferring: Workload<Transfer> = {
  name: "bank",
  scheduled: (client) => of_client[(client - 1) % of_client.length]!,
  nextOperation(random) {
    const from = Math.floor(random() * accounts.length);
    const to = (from + 1 + Math.floor(random() * (accounts.length - 1))) % accounts.length;
    return transfer(accounts[from]!, accounts[to]!, 1 + Math.floor(random() * amount_max));
  },
  initial: total,
  checkers: [bankChecker(total), everyTransferCounts],
  anomalies: ["wrong total", "overdrawn", "wrong balance"],
  classify([of_reads, of_transfers]) {
    if (of_reads?.figures?.["wrong_reads"]) return "wrong total";
    if (of_reads?.figures?.["negative_reads"]) return "overdrawn";
    return of_transfers?.verdict === "invalid" ? "wrong balance" : undefined;
  },
  refuses: "refused",
  columns: { "wrong reads": "wrong_reads", overdrawn: "negative_reads" },
  forgotten: "wrong balance",
  usual: ["select-for-update", "lua", "transact-write"],
  forgettable: ["select-for-update", "lua"],
};
