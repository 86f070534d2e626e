/**
 * The page's own script and style sheet: the package contains them built; in the repository they are bundled from
 * `browser/`.
 */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

export interface Assets {
  readonly script: string;
  readonly style: string;
}

export async function pageAssets(): Promise<Assets> {
  const built = new URL("browser/main.js", import.meta.url);
  try {
    const script = await readFile(built, "utf8");
    return { script, style: await readFile(new URL("browser/page.css", import.meta.url), "utf8") };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return (made ??= bundled());
  }
}

/** They are made once per process. */
let made: Promise<Assets> | undefined;

async function bundled(): Promise<Assets> {
  const { build } = await import("esbuild");
  const { outputFiles } = await build({
    entryPoints: ["browser/main.ts", "browser/page.css"].map((name) =>
      fileURLToPath(new URL(name, import.meta.url)),
    ),
    bundle: true,
    minify: true,
    charset: "utf8",
    target: "es2022",
    write: false,
    outdir: "browser",
    logLevel: "silent",
  });
  const of = (end: string): string =>
    outputFiles.find(({ path }) => path.endsWith(end))?.text.trim() ?? "";
  return { script: of(".js"), style: of(".css") };
}
