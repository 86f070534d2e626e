import { expect, test } from "vitest";
import { Naming } from "./naming.ts";

const [one, two] = ["2b1e0cd1-8a52-4c55-9a3a-6c8a0b1d7f10", "2b1e0cd1-8a52-4c55-9a3a-6c8a0b1d7f11"];

test("the key has the same name in every lane, also where it was cut", () => {
  const naming = new Naming("c65327:gap-lock-rc", "a");
  expect(naming.text("GET_LOCK('c65327:gap-lock-rc two', 1)")).toBe("GET_LOCK('a two', 1)");
  expect(naming.text("INSERT INTO log VALUES ('c65327:gap-l…")).toBe("INSERT INTO log VALUES ('a…");
  expect(naming.text("VALUES ('…-rc'")).toBe("VALUES ('…-rc'");
  expect(naming.text("VALUES ('x…ap-lock-rc'")).toBe("VALUES ('x…a'");
  expect(naming.text("x = 'c65…, y = 'c65327:gap-lock-rc'")).toBe("x = 'c65…, y = 'a'");
});

test("two UUIDs have two names, and keep them", () => {
  const naming = new Naming("k", "a");
  expect(naming.text(`SET ${one} ${two}`)).toBe("SET <uuid 1> <uuid 2>");
  expect(naming.text(`GET ${two}`)).toBe("GET <uuid 2>");
});

test("times have no numbers, and amounts of money no names", () => {
  const naming = new Naming("k", "a");
  const times = "2026-11-26T20:40:46Z to 2026-11-26T20:40:47Z";
  expect(naming.text(times)).toBe("<time> to <time>");
  expect(naming.text("balance = 1000000000")).toBe("balance = 1000000000");
});

test("touched keys that look random are taken for the same", () => {
  const naming = new Naming("k", "a");
  expect(naming.touched(`job:${one}`)).toBe(naming.touched(`job:${two}`));
  expect(naming.touched("job:x7f2k9qq")).toBe(naming.touched("job:b1m0zz42"));
  expect(naming.touched("account:1")).not.toBe(naming.touched("account:2"));
  expect(naming.touched("customers")).toBe("customers");
});
