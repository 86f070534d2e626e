/** What is in the package, and whether package.json describes it correctly. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, inject, test } from "vitest";

const run = promisify(execFile);

test("only what the library and the command need is in it, and it is small", () => {
  const files = inject("packed_files");
  expect(files).toEqual(
    expect.arrayContaining([
      ...["package.json", "README.md", "LICENSE", "CHANGELOG.md"],
      ...["dist/reports/page/browser/main.js", "dist/reports/page/browser/page.css"],
      ...["dist/index.js", "dist/index.d.ts", "dist/cli/main.js", "dist/checkers/check-worker.js"],
    ]),
  );
  const wanted =
    /^(dist\/.+\.(js|d\.ts)|dist\/reports\/page\/browser\/page\.css|README\.md|CHANGELOG\.md|LICENSE|package\.json)$/;
  expect(files.filter((file) => !wanted.test(file))).toEqual([]);
  const ours = /\/(tests|bench|fixtures|examples)\/|[.](test|test-support|bench|config)[.]/;
  expect(files.filter((file) => ours.test(file))).toEqual([]);
  expect(inject("packed_bytes")).toBeLessThan(2_000_000);
});

test("publint finds nothing", async () => {
  const { stdout } = await run("npx", ["publint", inject("packed"), "--strict"]);
  expect(stdout).toContain("All good!");
});

test("attw: the declarations resolve for ESM in Node and for bundlers", async () => {
  const { stdout } = await run("npx", [
    "attw",
    inject("packed"),
    "--profile",
    "esm-only",
    "--format",
    "json",
  ]);
  const { analysis } = JSON.parse(stdout) as { analysis: { types: { kind: string } } };
  expect(analysis.types.kind).toBe("included");
});
