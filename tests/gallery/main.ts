/**
 * `npm run gallery`: every program, racy and repaired, without an assertion. Writes the table into docs/gallery.md.
 * With a word after the command, runs only the programs with this word in their names, prints everything that is said
 * of them, and writes no table. `--longer` also tries each proved repair with three clients, and writes no table either.
 */
import { readFile, writeFile } from "node:fs/promises";
import { repairInWords } from "../../reports/repairs.ts";
import { startServer } from "../../servers/start.ts";
import { isRight, type Judged, judge, type Said } from "./judge.ts";
import { withThree } from "./longer.ts";
import { whereOf } from "./program.ts";
import { shelves, with_orms } from "./shelves.ts";
import { galleryTable } from "./table.ts";

const page = "docs/gallery.md";
const args = process.argv.slice(2);
const is_longer = args.includes("--longer");
const [only = ""] = args.filter((arg) => arg !== "--longer");
const without_orms =
  "The programs with ORMs are not among them: `npm run test:libraries` installs what they need.";
const longer = { race: 0, none: 0, "not judged": 0 };

const chosen = shelves.map((shelf) => ({
  shelf,
  programs: shelf.programs.filter(({ name }) => `${whereOf(shelf)}: ${name}`.includes(only)),
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
    const tried = `${racy.proved.map(repairInWords).join("; ") || "no repair"} proved in ${racy.repairs_took_ms} ms`;
    console.log(`${where}: ${name}: ${inShort(racy)}, repaired ${inShort(repaired)}, ${tried}`);
    for (const repair of is_longer ? racy.proved : []) {
      const said = await withThree(shelf, program, repair, servers);
      console.log(`  with three clients, ${repairInWords(repair)}: ${said.text}`);
      longer[said.found]++;
    }
    if ((only !== "" && !is_longer) || !isRight(judged))
      console.log(`\n${racy.text}\n\n${repaired.text}\n`);
  }
}
if (is_longer)
  console.log(
    `${longer.race} repairs were wrongly called safe, ${longer.none} held, ${longer["not judged"]} were not judged.`,
  );
if (!with_orms) console.log(without_orms);
if (only === "" && !is_longer) {
  const table = [galleryTable(all), ...(with_orms ? [] : [without_orms])].join("\n\n");
  console.log(table);
  const text = await readFile(page, "utf8");
  const mark = "<!-- gallery -->";
  const [before = "", , after = ""] = text.split(mark);
  await writeFile(page, [before, `\n\n${table}\n\n`, after].join(mark));
}
await Promise.all(Object.values(servers).map((server) => server[Symbol.asyncDispose]()));
process.exitCode = all.every(isRight) && longer.race === 0 ? 0 : 1;
