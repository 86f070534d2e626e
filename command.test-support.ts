/**
 * The command as users have it: compiled. The tests start it a hundred times; loading it as TypeScript each time would
 * cost them minutes.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { buildSync } from "esbuild";
import { inject } from "vitest";

const folder = inject("compiled");
const tsc = "node_modules/typescript/bin/tsc";
/** Types are checked by another step of the gate. */
const quickly = ["--noCheck", "--declaration", "false", "--isolatedDeclarations", "false"];

if (isFirst()) {
  const build = ["-p", "tsconfig.build.json", "--outDir", folder, ...quickly];
  try {
    execFileSync(process.execPath, [tsc, ...build]);
    const page = {
      entryPoints: ["main.ts", "page.css"].map((name) => `reports/page/browser/${name}`),
    };
    buildSync({ ...page, bundle: true, outdir: `${folder}/reports/page/browser` });
  } finally {
    // If it failed, the others must not wait for ever.
    writeFileSync(`${folder}/done`, "");
  }
} else while (!existsSync(`${folder}/done`)) await setTimeout(50);

/** The file to be run with Node. */
export const command: string = `${folder}/cli/main.js`;

/** The first test file that needs the command compiles it; the others wait. */
function isFirst(): boolean {
  try {
    mkdirSync(`${folder}/begun`);
    return true;
  } catch {
    return false;
  }
}
