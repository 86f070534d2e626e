/** The Debian mirror that this system itself uses: it can be reached, and nobody has to configure it for us. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** The URL of the mirror; if none is found, that of Debian's own. */
export async function mirror(): Promise<string> {
  const folder = "/etc/apt/sources.list.d";
  const names = (await readdir(folder).catch((): string[] => [])).toSorted();
  const lists = ["/etc/apt/sources.list", ...names.map((name) => join(folder, name))];
  const release = await readFile("/etc/os-release", "utf8").catch(() => "");
  const codename = /^VERSION_CODENAME="?(\w+)/m.exec(release)?.[1];
  for (const list of lists.filter((name) => /\.(sources|list)$/.test(name))) {
    const found = mirrorIn(await readFile(list, "utf8").catch(() => ""), codename);
    if (found !== undefined) return found;
  }
  return "http://deb.debian.org/debian";
}

interface Source {
  readonly uris: readonly string[];
  readonly suites: readonly string[];
  readonly components: readonly string[];
  readonly signed_by: string;
}

/**
 * The URL of Debian's own source. Others keep packages at addresses that also end in `/debian`. Debian's own has the
 * component `main` and names Debian's keyring; if it names no keyring, its suite must be the one of this system.
 *
 * @param text of a list of sources, in either of apt's two forms
 * @param codename of this system: `bookworm`
 */
export function mirrorIn(text: string, codename: string | undefined): string | undefined {
  const bare = text.replace(/^[ \t]*#.*\n?/gm, "");
  const sources = /^Types:/im.test(bare) ? bare.split(/\n\s*\n/).map(inFields) : inLines(bare);
  const debian = sources.filter(
    ({ suites, components, signed_by }) =>
      components.includes("main") &&
      (signed_by === ""
        ? suites.some((suite) => suite.split("-")[0] === codename)
        : signed_by.includes("debian-archive")),
  );
  const uris = debian.flatMap((source) => source.uris).map((uri) => uri.replace(/\/$/, ""));
  return uris.find((uri) => /^https?:\/\/.*\/debian$/.test(uri));
}

/** `deb [signed-by=…] URI SUITE COMPONENT …` */
function inLines(text: string): Source[] {
  const lines = text.matchAll(/^deb[ \t]+(?:\[([^\]]*)\][ \t]+)?(\S+)[ \t]+(\S+)[ \t]*(.*)$/gm);
  return Array.from(lines, ([, options = "", uri = "", suite = "", components = ""]) => ({
    uris: [uri],
    suites: [suite],
    components: components.split(/\s+/),
    signed_by: /signed-by=(\S+)/i.exec(options)?.[1] ?? "",
  }));
}

/** `Types: deb`, `URIs: …`, `Suites: …`, `Components: …`, `Signed-By: …`, of one source. */
function inFields(text: string): Source {
  const field = (name: string): string =>
    new RegExp(`^${name}:[ \\t]*(.*(?:\\n[ \\t]+.*)*)`, "im").exec(text)?.[1] ?? "";
  const words = (name: string): string[] => field(name).split(/\s+/).filter(Boolean);
  const is_used = words("Types").includes("deb") && !/^no$/i.test(field("Enabled"));
  return {
    uris: is_used ? words("URIs") : [],
    suites: words("Suites"),
    components: words("Components"),
    signed_by: field("Signed-By"),
  };
}
