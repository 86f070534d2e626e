/** ZooKeeper: its jars from the Debian archive, with a Java from the PATH or the archive. */
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { java, leavesNothing } from "./java.ts";
import { debian } from "./places.ts";
import type { Place, Recipe, Spot } from "./recipe.ts";

/** Of all that Debian's package asks for, the server loads logging, metrics and snappy's classes. */
const wanted = {
  what: "ZooKeeper",
  suite: "sid",
  package: "libzookeeper-java",
  without: [
    ...["junit4", "libcommons-cli-java", "libcommons-io-java", "libcommons-logging-java"],
    ...["libfindbugs-annotations-java", "libguava-java", "libjackson2-annotations-java"],
    ...["libjackson2-core-java", "libjackson2-databind-java", "libjetty9-extra-java"],
    ...["libjetty9-java", "libnetty-buffer-java", "libnetty-common-java", "libnetty-java"],
    ...["libnetty-tcnative-java", "liblog4j1.2-java", "libsnappy-jni"],
  ],
} as const;
const archive = debian(wanted, ({ folder }) => ({
  command: [],
  base: join(folder, "usr/share/java"),
}));
const jars = "zookeeper zookeeper-jute slf4j-api slf4j-simple metrics-core snappy-java".split(" ");

export const zookeeper: Recipe = {
  kind: "zookeeper",
  product: "ZooKeeper",
  end: "KILL",
  places: java.map(withJars),

  /** Only a file can say at which address it listens. */
  async configure({ home, data, port }) {
    await writeFile(join(home.folder, "zoo.cfg"), configuration(data, port));
  },

  arguments: ({ program, home, settings }) => [
    ...["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx256m"],
    ...leavesNothing(home.folder),
    ...["-Dzookeeper.jmx.log4j.disable=true", "-Dzookeeper.4lw.commands.whitelist=conf,srvr"],
    ...(settings === "fast" ? ["-Dzookeeper.forceSync=no"] : []),
    ...["-cp", jars.map((name) => join(program.base as string, `${name}.jar`)).join(":")],
    ...["org.apache.zookeeper.server.ZooKeeperServerMain", join(home.folder, "zoo.cfg")],
  ],
  url: (port) => `zookeeper://127.0.0.1:${port}`,
  identity: ({ data }) => data,

  async ask(url) {
    const said = await fourLetters(new URL(url), "conf");
    const folder = /^dataDir=(.*)\/version-2$/m.exec(said)?.[1];
    if (folder === undefined) throw new Error(said.trim() || "no answer");
    return folder;
  },
};

/** Sessions of 0.4 s at least, so that one can be seen to expire. */
const configuration = (data: Spot["data"], port: Spot["port"]): string => `
dataDir=${data}
clientPortAddress=127.0.0.1
clientPort=${port}
tickTime=200
maxSessionTimeout=60000
maxClientCnxns=0
admin.enableServer=false
metricsProvider.className=org.apache.zookeeper.metrics.impl.NullMetricsProvider
`;

/** ZooKeeper's words of four letters, which it answers before and without any session. */
async function fourLetters({ hostname, port }: URL, word: string): Promise<string> {
  const socket = connect({ host: hostname, port: Number(port), timeout: 2000 });
  socket.on("timeout", () => socket.destroy(new Error("no answer")));
  let said = "";
  socket.on("data", (data) => {
    said += data.toString();
  });
  socket.end(word);
  await once(socket, "close");
  return said;
}

/** Debian's jars and whatever Java there is. */
function withJars(java: Place): Place {
  return {
    async look() {
      const runtime = await java.look();
      const found = await archive.look();
      if ("missing" in runtime || "missing" in found) return "missing" in runtime ? runtime : found;
      return { ...found, origin: `${found.origin}, ${runtime.origin}` };
    },
    async fetch(errand) {
      const { command, origin } = await java.fetch(errand);
      const program = await archive.fetch(errand);
      return { ...program, command, origin: `${program.origin}, ${origin}` };
    },
  };
}
