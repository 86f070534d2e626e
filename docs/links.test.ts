/** Every link in the documents leads to a file that is there, and to a heading that is in it. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { expect, test } from "vitest";

const documents = execFileSync(
  "git",
  ["ls-files", "--cached", "--others", "--exclude-standard", "*.md"],
  {
    encoding: "utf8",
  },
)
  .trim()
  .split("\n");

test.each(documents)("%s", (document) => {
  const text = readFileSync(document, "utf8").replaceAll(/```[\s\S]*?```/g, "");
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link!);
  const broken = links.filter((link) => !/^https?:/.test(link) && !leadsSomewhere(document, link));
  expect(broken).toEqual([]);
});

function leadsSomewhere(document: string, link: string): boolean {
  const [path, anchor] = link.split("#");
  const file = path === "" ? document : normalize(join(dirname(document), path!));
  if (!existsSync(file)) return false;
  return anchor === undefined || anchorsIn(readFileSync(file, "utf8")).includes(anchor);
}

/** As GitHub makes them: small letters, no punctuation, a hyphen for each space. */
const anchorsIn = (text: string): string[] =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replaceAll(/[^\p{Letter}\p{Number}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  );
