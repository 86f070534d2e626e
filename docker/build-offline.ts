/**
 * Builds stand-in images where no registry can be reached, from the programs of the local servers:
 * `node --import tsx docker/build-offline.ts [mysql …]`. They get names of our own, never the official ones.
 */
import { chmod, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { fromArchive } from "../servers/archive.ts";
import { hasImage, noDocker } from "../servers/containers/docker.ts";
import { Home } from "../servers/home.ts";
import { type Imaged, imageVariable, stand_ins } from "../servers/images.ts";
import type { Errand } from "../servers/progress.ts";
import { ServerUnavailable } from "../servers/unavailable.ts";
import { contents, type StandIn } from "./stand-ins.ts";

const shell = { what: "busybox", suite: "trixie", package: "busybox-static", without: [] } as const;
const applets = [
  "sh",
  "cat",
  "ls",
  "grep",
  "sed",
  "mkdir",
  "rm",
  "touch",
  "dd",
  "df",
  "ps",
  "sleep",
];

/** Links of Debian's own that programs rely on, and that none of the few packages in the image brings. */
const merged = { bin: "usr/bin", sbin: "usr/sbin", lib: "usr/lib", lib64: "usr/lib64" } as const;

/** Builds the stand-in for a kind of server. @throws ServerUnavailable */
export async function buildStandIn(kind: Imaged, errand: Errand): Promise<void> {
  const content = contents[kind];
  const shell_layer = { folder: (await fromArchive(shell, errand)).folder, at: "/" };
  const layers = [shell_layer, ...(await content.layers(errand))];
  errand.progress({ what: `building ${stand_ins[kind]}` });
  await using home = await Home.make("image", { signal: errand.signal });
  const root = join(home.folder, "root");
  await mkdir(root, { mode: 0o755 });
  for (const { folder, at } of layers) {
    await mkdir(dirname(join(root, at)), { recursive: true });
    await home.finish(["cp", "-a", `${folder}/.`, join(root, at)]);
  }
  await furnish(root, content);
  const user = content.user === undefined ? [] : ["--change", `USER ${content.user}`];
  const entry = ["--change", `ENTRYPOINT ["/usr/bin/sh", "/entry.sh"]`];
  const argv = [root, ...entry, ...user, "-", stand_ins[kind]];
  await home.finish(["sh", "-c", pack, ...argv]).catch((error: Error) => {
    throw new ServerUnavailable(`${stand_ins[kind]} cannot be built: ${error.message}.`);
  });
}

const pack = 'tar -C "$0" -c --owner=0 --group=0 . | docker import "$@"';

/** Adds what no package brings: users, links, the entry, folders that everybody may write. */
async function furnish(root: string, { entry, links = {}, data }: StandIn): Promise<void> {
  for (const folder of ["etc", "tmp", "usr/bin", "usr/sbin", "usr/lib64", data]) {
    await mkdir(join(root, folder), { recursive: true });
  }
  const shell_links = applets.map((applet) => [`usr/bin/${applet}`, "busybox"] as const);
  const all = [...Object.entries(merged), ...shell_links, ...Object.entries(links)];
  for (const [path, target] of all) {
    await rm(join(root, path), { force: true });
    await symlink(target, join(root, path));
  }
  await writeFile(join(root, "entry.sh"), entry);
  await writeFile(
    join(root, "etc/passwd"),
    "root:x:0:0::/tmp:/usr/bin/sh\npostgres:x:999:999::/tmp:/usr/bin/sh\n",
  );
  await writeFile(join(root, "etc/group"), "root:x:0:\npostgres:x:999:\n");
  for (const open of ["tmp", data]) await chmod(join(root, open), 0o1777);
}

/** Builds the stand-ins that are missing, and sets the environment variables that name them. */
export async function useStandIns(kinds: readonly Imaged[], errand: Errand): Promise<void> {
  for (const kind of kinds) {
    if (!(await hasImage(stand_ins[kind]))) await buildStandIn(kind, errand);
    process.env[imageVariable(kind)] = stand_ins[kind];
  }
}

async function main(asked: readonly string[]): Promise<void> {
  const known = Object.keys(stand_ins) as Imaged[];
  const unknown = asked.find((kind) => !known.includes(kind as Imaged));
  if (unknown !== undefined) {
    throw new ServerUnavailable(
      `There is no stand-in for "${unknown}": write some of ${known.join(", ")}.`,
    );
  }
  const missing = await noDocker();
  if (missing !== undefined) throw new ServerUnavailable(`No image can be built: ${missing}.`);
  const kinds = asked.length > 0 ? (asked as Imaged[]) : known;
  let last = "";
  const errand: Errand = {
    signal: undefined,
    progress: ({ what }) => {
      if (what !== last) console.error((last = what));
    },
  };
  for (const kind of kinds) {
    await buildStandIn(kind, errand);
    console.log(`export ${imageVariable(kind)}=${stand_ins[kind]}`);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await main(process.argv.slice(2)).catch((error: unknown) => {
    if (!(error instanceof ServerUnavailable)) throw error;
    console.error(error.message);
    process.exitCode = 2;
  });
}
