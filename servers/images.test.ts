import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it, vi } from "vitest";
import { imageOf, images, imageVariable } from "./images.ts";

describe("the pinned images", () => {
  afterEach(() => vi.unstubAllEnvs());

  it("are those of compose.yaml, with the same variables over them", () => {
    const compose = readFileSync(new URL("../docker/compose.yaml", import.meta.url), "utf8");
    const found = [...compose.matchAll(/^ {2}(\w+):\n {4}image: \$\{(\w+):-(\S+)\}$/gm)];
    const expected = Object.entries(images).map(([kind, image]) => {
      return [kind, imageVariable(kind as keyof typeof images), image];
    });
    expect(found.map(([, ...named]) => named)).toEqual(expected);
    expect(compose.match(/image:/g)).toHaveLength(expected.length);
  });

  it("have an exact version", () => {
    for (const image of Object.values(images)) expect(image).toMatch(/^[a-z/-]+:\d+\.\d+\.?\d*$/);
  });

  it("each give way to the environment", () => {
    vi.stubEnv("RACEPROOF_MYSQL_IMAGE", "raceproof/mysql:9.7");
    vi.stubEnv("RACEPROOF_REDIS_IMAGE", "");
    expect([imageOf("mysql"), imageOf("redis")]).toEqual(["raceproof/mysql:9.7", images.redis]);
  });
});
