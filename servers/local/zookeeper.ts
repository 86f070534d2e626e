/** ZooKeeper: its jars from the Debian archive, with a Java from the PATH or the archive. */
import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { java, leavesNothing } from "./java.ts";
import { listener } from "./listener.ts";
import { locked_zookeeper } from "./locked-zookeeper.ts";
import { debian } from "./places.ts";
import type { Place, Recipe } from "./recipe.ts";

/** Of all that Debian's package depends on, the server loads only logging, metrics and snappy's classes. */
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

  async settle(program, home) {
    await home.write("LockedZookeeper.class", locked_zookeeper);
    return program;
  },

  /** The address at which ZooKeeper listens can only be set in a file. */
  async configure({ home, data, port, secret }) {
    await home.write("zoo.cfg", [...listening(data, port), ...demanding(secret), ""].join("\n"));
  },

  arguments: ({ program, home, settings }) => [
    ...["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx256m"],
    ...leavesNothing(home.folder),
    ...["-Dzookeeper.jmx.log4j.disable=true", "-Dzookeeper.4lw.commands.whitelist=srvr"],
    ...(settings === "fast" ? ["-Dzookeeper.forceSync=no"] : []),
    "-cp",
    [home.folder, ...jars.map((name) => join(program.base as string, `${name}.jar`))].join(":"),
    ...["org.apache.zookeeper.server.ZooKeeperServerMain", join(home.folder, "zoo.cfg")],
  ],
  url: (port, secret) => `zookeeper://raceproof:${secret}@127.0.0.1:${port}`,
  identity: (_spot, pid) => String(pid),

  async ask(url) {
    const place = new URL(url);
    const said = await fourLetters(place, "srvr");
    if (!said.startsWith("Zookeeper version")) throw new Error(said.trim() || "no answer");
    return String(await listener(Number(place.port)));
  },
};

/** Sessions may be as short as 0.4 s, so that tests can see one expire. */
const listening = (data: string, port: number): readonly string[] => [
  `dataDir=${data}`,
  "clientPortAddress=127.0.0.1",
  `clientPort=${port}`,
  "tickTime=200",
  "maxSessionTimeout=60000",
  "maxClientCnxns=0",
  "admin.enableServer=false",
  "metricsProvider.className=org.apache.zookeeper.metrics.impl.NullMetricsProvider",
];

/** No request of a session is answered before the session has sent the secret. */
export const demanding = (secret: string): readonly string[] => [
  "authProvider.1=LockedZookeeper",
  "enforce.auth.enabled=true",
  "enforce.auth.schemes=digest",
  `raceproof.login=raceproof:${secret}`,
];

/** Asks by one of ZooKeeper's four-letter words, which it answers without a session. */
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

/** Debian's jars, with a Java from the given place. */
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
