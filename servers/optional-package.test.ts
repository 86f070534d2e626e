import { expect, test } from "vitest";
import { loadPackage, resolvePackage } from "./optional-package.ts";
import { ServerUnavailable } from "./unavailable.ts";

test("a package that is installed is found, one that is not is not", () => {
  expect(resolvePackage("pg")).toContain("/node_modules/pg/");
  expect(resolvePackage("no-such-package")).toBeUndefined();
});

test("a package that is missing is named, with the command that installs it", async () => {
  // Fails as the import of a missing package does. Static checks would reject the name as a literal.
  const loading = loadPackage("no-such-package", () => import(["no-such", "package"].join("-")));
  await expect(loading).rejects.toThrow(ServerUnavailable);
  await expect(loading).rejects.toThrow(
    "the package no-such-package is not installed (npm i -D no-such-package).",
  );
});

test("an error inside a package that is there stays its own", async () => {
  const broken = new Error("broken");
  await expect(loadPackage("pg", () => Promise.reject(broken))).rejects.toBe(broken);
});
