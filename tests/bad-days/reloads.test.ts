/** Somebody lets a server read its settings again (SIGHUP), as log rotation does, in the middle of a run. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, test } from "vitest";
import { startLocal } from "../../servers/local.ts";
import { raceproof } from "./raceproof.ts";

const out = mkdtempSync(join(tmpdir(), "raceproof-reloads-"));
afterAll(() => rmSync(out, { recursive: true }));

/**
 * MariaDB closes its tables then; PostgreSQL tells all its processes. MySQL lets statements wait for each other that
 * otherwise would not, until they fail: that is none of the strategies' doing.
 */
test.concurrent.for([
  ["mariadb", "in-place,select-for-update,named-lock", /3 as declared, 0 different, 0 without/],
  ["postgres", "in-place,select-for-update,advisory-lock", /3 as declared, 0 different, 0 without/],
  ["mysql", "in-place,select-for-update,named-lock", /as declared, 0 different, \d without/],
] as const)("%s", async ([kind, strategies, ends], { expect }) => {
  await using server = await startLocal(kind, { settings: "fast", progress() {} });
  let times = 0;
  const reload = setInterval(() => {
    process.kill(server.pid!, "SIGHUP");
    times++;
  }, 100);
  const { code, stdout, stderr } = await raceproof(
    ...["run", "--backend", kind, "--server", `${kind}=${server.url}`, "--workload", "counter"],
    ...["--strategy", strategies, "--isolation", kind === "postgres" ? "RC" : "RR"],
    // Where statements wait until they fail, each costs seconds.
    ...["--operations", kind === "mysql" ? "20" : "100", "--out", join(out, kind)],
  );
  clearInterval(reload);
  expect(stdout, stderr).toMatch(ends);
  for (const cell of stdout.match(/.*\(no verdict\)/g) ?? [])
    expect(cell, stdout).toContain("select-for-update");
  if (code !== 0) expect(stdout).toContain("flushed, by FLUSH TABLES or by SIGHUP");
  expect([[0, 2], times > 3]).toEqual([expect.arrayContaining([code]), true]);
});
