import { join } from "node:path";
import { expect, test } from "vitest";
import type { CellResult } from "../matrix/result.ts";
import { annotations, jobSummary } from "./github.ts";
import { junit } from "./junit.ts";
import { cellOf, lost_in_transactions, resultsOf } from "./page/results.test-support.ts";

const different: CellResult = {
  ...cellOf("read-write", lost_in_transactions),
  server: `Odd "server" <1>`,
  conclusion: "different",
  remarks: [`Not declared: 100%, ]]> & ::error::\u0000\u001b[2J\ud800\nand more`],
};
const open: CellResult = {
  ...cellOf("upsert", undefined),
  conclusion: "no verdict",
  remarks: ["Nothing was run."],
};
const results = {
  ...resultsOf([cellOf("in-place", undefined), different, open]),
  not_run: [{ backend: "mysql", state: "not run", reason: "nobody listens | here" } as const],
};

test("JUnit's XML counts failures, and holds no character that XML does not have", () => {
  const xml = junit(results);
  expect(xml).toContain(
    'name="counter on PostgreSQL 18.4" tests="2" failures="0" errors="0" skipped="1"',
  );
  expect(xml).toContain(
    'message="Not declared: 100%, ]]&#62; &#38; ::error::␀␛[2J�\nand more" type="lost update"',
  );
  expect(xml).toContain("client 1 and client 2 both read balance = 100 of account alice");
  expect(xml).toContain('<error message="not run: nobody listens | here"/>');
  // oxlint-disable-next-line no-control-regex
  expect(xml).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/);
  const open_tags = [...xml.matchAll(/<[a-z-]+(?: [^>]*[^/])?>/g)].length;
  expect([...xml.matchAll(/<\/[a-z-]+>/g)]).toHaveLength(open_tags);
});

test("an annotation is one line, whatever is said in it", () => {
  expect(annotations(results)).toEqual([
    "::error title=mysql%3A not run::nobody listens | here",
    '::error title=counter read-write at RC on Odd "server" <1>::Not declared: 100%25, ]]> & ::error::␀␛[2J\ud800%0Aand more',
    "::warning title=counter upsert at RC on PostgreSQL 18.4::Nothing was run.",
  ]);
});

test("an annotation is at the line to blame, if that is known", () => {
  const source = { file: join(process.cwd(), "app/bank, new.ts"), line: 9, column: 12 };
  const steps = lost_in_transactions.map((step) => ({ ...step, source }));
  const [annotation] = annotations(
    resultsOf([{ ...cellOf("mine", steps), conclusion: "different" }]),
  );
  expect(annotation).toMatch(/^::error file=app\/bank%2C new\.ts,line=9,col=12,title=counter mine/);
});

test("the summary of a job has a row a server, and no markup from data", () => {
  const markdown = jobSummary(results);
  expect(markdown).toContain("2 not as declared:");
  expect(markdown).toContain("| counter on PostgreSQL 18.4 | 2 |  |  |  |  |");
  expect(markdown).toContain('Odd "server" &#60;1&#62;');
  expect(markdown).toContain("nobody listens &#124; here");
  expect(jobSummary(resultsOf([]))).toContain("Everything is as declared.");
});
