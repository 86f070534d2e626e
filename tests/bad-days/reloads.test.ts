/** Somebody lets a server read its settings again (SIGHUP), as log rotation does, in the middle of a run: no effect. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, test } from "vitest";
import { startLocal } from "../../servers/local.ts";
import { raceproof } from "./raceproof.ts";

const out = mkdtempSync(join(tmpdir(), "raceproof-reloads-"));
afterAll(() => rmSync(out, { recursive: true }));

/** MariaDB closes its tables then; PostgreSQL tells all its processes. */
test.concurrent.for([
  ["mariadb", "in-place,select-for-update,named-lock"],
  ["postgres", "in-place,select-for-update,advisory-lock"],
] as const)("%s", async ([kind, strategies], { expect }) => {
  await using server = await startLocal(kind, { settings: "fast", progress() {} });
  let times = 0;
  const reload = setInterval(() => {
    process.kill(server.pid!, "SIGHUP");
    times++;
  }, 100);
  const { code, stdout, stderr } = await raceproof(
    ...["run", "--backend", kind, "--server", `${kind}=${server.url}`, "--workload", "counter"],
    ...["--strategy", strategies, "--isolation", kind === "postgres" ? "RC" : "RR"],
    ...["--operations", "100", "--out", join(out, kind)],
  );
  clearInterval(reload);
  expect(stdout, stderr).toContain("3 cells: 3 as declared, 0 different, 0 without a verdict.");
  expect([code, times > 3]).toEqual([0, true]);
});
