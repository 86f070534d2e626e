/** An empty project of somebody else's, in a folder outside the repository. */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";

/** How a command ended, and what it printed. */
export interface Ran {
  readonly code: number;
  /** Standard output and standard error, as they came. */
  readonly text: string;
}

const command_limit_ms = 180_000;

export class Project implements AsyncDisposable {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** @param manifest what its package.json says */
  static async make(manifest: object = { type: "module" }): Promise<Project> {
    const project = new Project(await mkdtemp(join(tmpdir(), "raceproof-package-")));
    await project.write("package.json", JSON.stringify({ private: true, ...manifest }));
    return project;
  }

  async write(name: string, text: string): Promise<void> {
    await writeFile(join(this.folder, name), text);
  }

  /** Installs packages, from npm's cache where it has them. @throws Error with what npm said */
  async install(...packages: readonly string[]): Promise<void> {
    const quiet = ["--prefer-offline", "--no-audit", "--no-fund", "--save-dev"];
    const { code, text } = await this.run(["npm", "install", ...quiet, ...packages]);
    if (code !== 0) throw new Error(`npm install ${packages.join(" ")} failed:\n${text}`);
  }

  /**
   * Runs a command of the project's own packages, or one of the PATH.
   * @param node the Node it runs on; ours if not given
   */
  run(argv: readonly string[], node: string = process.execPath): Promise<Ran> {
    const path = [dirname(node), join(this.folder, "node_modules/.bin"), process.env["PATH"]];
    const [file = "", ...rest] = argv;
    return new Promise((resolve) => {
      execFile(
        file,
        rest,
        {
          cwd: this.folder,
          env: { ...outside(), PATH: path.join(delimiter), NO_COLOR: "1", FORCE_COLOR: "0" },
          timeout: command_limit_ms,
          maxBuffer: 1 << 26,
        },
        (error, stdout, stderr) => {
          const code = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
          const why = code === -1 ? `\n${error?.message ?? ""}` : "";
          resolve({ code, text: `${stdout}${stderr}${why}` });
        },
      );
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}

/** The environment without what npm and vitest set for this test itself. */
function outside(): NodeJS.ProcessEnv {
  const ours = /^(npm_(?!config_)|VITEST|NODE_ENV$|NODE_OPTIONS$|TEST$|RACEPROOF_REPLAY$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
}
