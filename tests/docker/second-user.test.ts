/** Who can reach the port of a container of ours gets nothing but refusals there. */
import { expect, inject, test } from "vitest";
import { server_kinds } from "../../servers/server.ts";
import { gotBy } from "../second-user/tries.ts";

const nobody = 65_534;

test("no container lets anybody in without its secret", async () => {
  const servers = server_kinds.map((kind) => {
    const { source, url } = inject("servers")[kind];
    expect(source).toBe("container");
    // Its process and its files are the container's own: only its port is tried.
    return { kind, port: Number(new URL(url).port), pid: 1, home: "/nowhere" };
  });
  expect(await gotBy(nobody, servers)).toEqual([]);
});
