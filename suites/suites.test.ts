import { expect, test } from "vitest";
import { backends } from "../matrix/backends.ts";
import { promisesIn } from "../matrix/promise.ts";
import { suites } from "./suites.ts";

const known_backends = backends.flatMap(({ name, or = [] }) => [name, ...or]);

for (const { workload, strategies } of suites) {
  test(`${workload.name}: its backends are known, and its promises name its own anomalies`, async () => {
    const names = new Set<string>();
    for (const [backend, load] of Object.entries(strategies)) {
      expect(known_backends).toContain(backend);
      for (const strategy of (await load()).strategies) {
        names.add(strategy.name);
        for (const { shows = [], when = {} } of promisesIn(strategy.declared))
          expect(workload.anomalies).toEqual(
            expect.arrayContaining([...shows, ...Object.values(when).flat()]),
          );
      }
    }
    expect([...names]).toEqual(expect.arrayContaining([...workload.usual]));
    expect(workload.usual).toEqual(expect.arrayContaining([...workload.forgettable]));
    expect(workload.anomalies).toContain(workload.forgotten);
  });
}
