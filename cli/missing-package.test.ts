import { expect, test } from "vitest";
import { missingPackage } from "./missing-package.ts";

const failed = (message: string): Error =>
  Object.assign(new Error(message), { code: "ERR_MODULE_NOT_FOUND" });

test("the missing package is named, with its scope", () => {
  const said = "Cannot find package '@aws-sdk/client-dynamodb' imported from /a/b.js";
  expect(missingPackage(failed(said))).toBe("@aws-sdk/client-dynamodb");
});

test("a missing file of ours, or another error, is none", () => {
  expect(
    missingPackage(failed("Cannot find module '/a/c.js' imported from /a/b.js")),
  ).toBeUndefined();
  expect(missingPackage(new Error("Cannot find package 'pg'"))).toBeUndefined();
  expect(missingPackage(undefined)).toBeUndefined();
});
