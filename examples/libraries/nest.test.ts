/** NestJS: https://nestjs.com. All requests go to one app with one pool. */
import "reflect-metadata";
import {
  Body,
  Controller,
  Inject,
  Injectable,
  Module,
  type OnModuleDestroy,
  Post,
} from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import type { NestExpressApplication } from "@nestjs/platform-express";
import pg from "pg";
import { explore } from "raceproof";
import { expect, test } from "vitest";

interface Withdrawal {
  readonly id: string;
  readonly amount: number;
}

/** Right for one customer at a time. */
@Injectable()
class Accounts {
  protected readonly lock: string = "";

  private readonly db: pg.Pool;

  constructor(@Inject(pg.Pool) db: pg.Pool) {
    this.db = db;
  }

  async withdraw({ id, amount }: Withdrawal): Promise<number> {
    const client = await this.db.connect();
    try {
      await client.query("BEGIN");
      const select = `SELECT balance FROM account WHERE id = $1 ${this.lock}`;
      const { rows } = await client.query(select, [id]);
      const balance = rows[0].balance - amount;
      await client.query("UPDATE account SET balance = $2 WHERE id = $1", [id, balance]);
      await client.query("COMMIT");
      return balance;
    } finally {
      client.release();
    }
  }
}

/** The row is locked where it is read. */
@Injectable()
class LockedAccounts extends Accounts {
  protected override readonly lock = "FOR UPDATE";
}

@Controller("withdraw")
class WithdrawController {
  private readonly accounts: Accounts;

  constructor(@Inject(Accounts) accounts: Accounts) {
    this.accounts = accounts;
  }

  @Post()
  async withdraw(@Body() asked: Withdrawal) {
    return { balance: await this.accounts.withdraw(asked) };
  }
}

async function start(url: string, accounts: typeof Accounts): Promise<NestExpressApplication> {
  const db = new pg.Pool({ connectionString: url });
  @Module({
    controllers: [WithdrawController],
    providers: [
      { provide: pg.Pool, useValue: db },
      { provide: Accounts, useClass: accounts },
    ],
  })
  class BankModule implements OnModuleDestroy {
    onModuleDestroy = () => db.end();
  }
  const app = await NestFactory.create<NestExpressApplication>(BankModule, {
    logger: false,
    forceCloseConnections: true,
  });
  await app.listen(0, "127.0.0.1");
  return app;
}

const program = (accounts: typeof Accounts) => ({
  database: "postgres",
  schema: "CREATE TABLE account (id text PRIMARY KEY, balance int NOT NULL)",
  shared: true,
  client: (url: string) => start(url, accounts),
  close: (app: NestExpressApplication) => app.close(),
  setup: (app: NestExpressApplication) =>
    app.get(pg.Pool).query("DELETE FROM account; INSERT INTO account VALUES ('alice', 100)"),
  async run(app: NestExpressApplication) {
    const response = await fetch(`${await app.getUrl()}/withdraw`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ id: "alice", amount: 30 }),
    });
    return [response.status, await response.json()];
  },
});

test("two withdrawals at once", async () => {
  await expect(explore(program(Accounts))).rejects.toThrow(/both read .*100/);
});

test("repaired", async () => {
  const report = await explore(program(LockedAccounts));
  expect(report.text).toContain("proof for this size");
});
