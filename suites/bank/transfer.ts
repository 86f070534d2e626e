import { Refused } from "../../matrix/strategy.ts";

export interface Transfer {
  readonly from: string;
  readonly to: string;
  /** Greater than 0. */
  readonly amount: number;
}

/** What each account holds, by its name. */
export type Balances = Readonly<Record<string, number>>;

/** The balances before the first transfer. */
export const first_balances: Balances = { a: 100, b: 100, c: 100 };

export const accounts: readonly string[] = Object.keys(first_balances);

/** Checks that the account would not be overdrawn. @throws Refused when the balance is lower than the amount */
export function mustCover(balance: number | undefined, { from, amount }: Transfer): void {
  if ((balance ?? 0) < amount) throw new Refused(`there is less than ${amount} on account ${from}`);
}
