/**
 * `npm run gallery`: every program, racy and repaired, without an assertion. Writes the table into docs/gallery.md.
 * With a word after the command, runs only the programs with this word in their names, prints everything that is said
 * of them, and writes no table.
 */
import { readFile, writeFile } from "node:fs/promises";
import { startServer } from "../../servers/start.ts";
import { isRight, type Judged, judge, type Said } from "./judge.ts";
import { shelves } from "./shelves.ts";
import { galleryTable } from "./table.ts";

const page = "docs/gallery.md";
const [only = ""] = process.argv.slice(2);

const chosen = shelves.map((shelf) => ({
  shelf,
  programs: shelf.programs.filter(({ name }) => `${shelf.kinds.join("+")}: ${name}`.includes(only)),
}));
const kinds = new Set(
  chosen.flatMap(({ shelf, programs }) => (programs.length > 0 ? shelf.kinds : [])),
);
const servers = Object.fromEntries(
  await Promise.all([...kinds].map(async (kind) => [kind, await startServer(kind)] as const)),
);

const inShort = ({ said, took_ms }: Said): string => `${said} in ${took_ms} ms`;
const all: Judged[] = [];
for (const { shelf, programs } of chosen) {
  for (const program of programs) {
    const judged = await judge(shelf, program, servers);
    const { where, name, racy, repaired } = judged;
    all.push(judged);
    const tried = `${racy.proved.join("; ") || "no repair"} proved in ${racy.repairs_took_ms} ms`;
    console.log(`${where}: ${name}: ${inShort(racy)}, repaired ${inShort(repaired)}, ${tried}`);
    if (only !== "" || !isRight(judged)) console.log(`\n${racy.text}\n\n${repaired.text}\n`);
  }
}
if (only === "") {
  const table = galleryTable(all);
  console.log(table);
  const text = await readFile(page, "utf8");
  const mark = "<!-- gallery -->";
  const [before = "", , after = ""] = text.split(mark);
  await writeFile(page, [before, `\n\n${table}\n\n`, after].join(mark));
}
await Promise.all(Object.values(servers).map((server) => server[Symbol.asyncDispose]()));
process.exitCode = all.every(isRight) ? 0 : 1;
