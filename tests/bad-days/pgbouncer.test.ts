/**
 * A pooler between us and PostgreSQL: its sessions are not those of the server. It runs where Debian's pgbouncer is;
 * RACEPROOF_PGBOUNCER says that it has to be, and where.
 */
import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, inject, onTestFinished, test } from "vitest";
import { freePort } from "../../servers/port.ts";
import { connect } from "../connect.ts";

const debians = "/usr/sbin/pgbouncer";
const pgbouncer = process.env["RACEPROOF_PGBOUNCER"] ?? (existsSync(debians) ? debians : undefined);
const folder = mkdtempSync(join(tmpdir(), "raceproof-pgbouncer-"));
afterAll(() => rmSync(folder, { recursive: true }));

test.skipIf(pgbouncer === undefined)("pgbouncer is refused, however it is set up", async () => {
  const plain = await pooled("");
  await expect(connect({ kind: "postgres", url: plain })).rejects.toThrow(
    /"unsupported startup parameter: options": a connection pooler such as pgbouncer does not keep/,
  );
  const tolerant = await pooled("ignore_startup_parameters = options,extra_float_digits");
  await expect(connect({ kind: "postgres", url: tolerant })).rejects.toThrow(
    /a connection pooler such as pgbouncer is in between\. .*; name PostgreSQL itself\.$/,
  );
});

/** @returns the URL of our PostgreSQL through a pgbouncer with this setting, which ends with the test */
async function pooled(setting: string): Promise<string> {
  const url = new URL(inject("servers").postgres.url);
  const port = await freePort();
  const file = join(folder, `${port}.ini`);
  const login = `user=${url.username} password=${decodeURIComponent(url.password)}`;
  const lines = [
    "[databases]",
    `* = host=${url.hostname} port=${url.port} ${login}`,
    "[pgbouncer]",
    "listen_addr = 127.0.0.1",
    `listen_port = ${port}`,
    "unix_socket_dir =",
    "auth_type = any",
    "pool_mode = transaction",
    setting,
  ];
  writeFileSync(file, lines.join("\n"));
  chmodSync(folder, 0o755);
  // It does not want to run as root.
  const who = process.getuid?.() === 0 ? ["-u", "nobody"] : [];
  const pooler = spawn(pgbouncer!, [...who, file], { stdio: ["ignore", "ignore", "pipe"] });
  onTestFinished(() => void pooler.kill());
  for await (const said of pooler.stderr) if (String(said).includes("process up")) break;
  url.port = String(port);
  return url.href;
}
