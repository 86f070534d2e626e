import { expect, test } from "vitest";
import { didYouMean } from "./did-you-mean.ts";

const words = ["default", "verbose", "json", "junit", "github"];

test.each([
  ["jnuit", "junit"],
  ["githb", "github"],
  ["JSONN", "json"],
  ["defualt", "default"],
])("%s may be %s", (typed, meant) => {
  expect(didYouMean(typed, words)).toBe(` (Did you mean ${meant}?)`);
});

test.each(["tap", "", "j", "html"])("%j is near to nothing", (typed) => {
  expect(didYouMean(typed, words)).toBe("");
});
