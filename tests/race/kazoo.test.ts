/** The counter through kazoo, against ZooKeeper behind a door. */
import { describe, expect, test } from "vitest";
import { commandOf } from "./languages.ts";
import { raceOn, type Wish } from "./race.test-support.ts";

const python = commandOf({
  name: "python",
  commands: ["/usr/bin/python3", "python3"],
  probe: ["-c", "import kazoo"],
});

describe.runIf(python)("kazoo", () => {
  const count = (way: string, wish: Partial<Wish> = {}) =>
    raceOn({
      kind: "zookeeper",
      setup: ["deleteall /counter\ncreate /counter 0\ndeleteall /lock"],
      check: ["get /counter = 2"],
      argv: [python!, "examples/any-language/python/kazoo_counter.py", way],
      ...wish,
    });

  test("a plain set loses an update", async () => {
    const { kind, text } = await count("racy", { check: [] });
    expect(text).toContain("client 1 and client 2 both read /counter = 0");
    expect(text).toContain("nodes, key = /counter: value = 1, there 2");
    expect(kind).toBe("race");
  });

  test("a set with the version that was read does not", async () => {
    const { kind, text, exploration } = await count("versioned");
    expect(kind, text).toBe("none found");
    expect(exploration?.proof, text).toBe(true);
  });

  test("nor does kazoo's lock, which waits for a watch", async () => {
    const { kind, text, exploration } = await count("locked", { schedules: 3 });
    expect(kind, text).toBe("none found");
    expect(exploration?.proof, text).toBe(false);
  });
});
