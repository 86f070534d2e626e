import type { CellResult } from "../matrix/result.ts";
import { groups } from "./groups.ts";
import { element, junitDocument, text } from "./junit-xml.ts";
import { short_level } from "./matrix.ts";
import { wordOf } from "./sign.ts";
import { failingInterleaving, type Results } from "./summary.ts";

/**
 * The results as JUnit's XML, which Jenkins, GitLab and others read: a suite for each workload and server, a test for
 * each cell. What is not as declared fails, with its interleaving; what has no verdict is skipped; what did not run is
 * an error.
 */
export function junit({ cells, not_run, elapsed_s }: Results): string {
  const suites = groups(cells, ({ workload, server }) => `${workload} on ${server}`).map(
    ([name, of_suite]) => suite(name, of_suite.map(testCase), of_suite),
  );
  const missing = not_run.map(({ backend, state, reason }) => {
    const test = element("testcase", { classname: backend, name: "servers" }, [
      element("error", { message: `${state}: ${reason}` }, []),
    ]);
    const counts = { tests: 1, failures: 0, errors: 1, skipped: 0 };
    return element("testsuite", { name: backend, ...counts }, [test]);
  });
  return junitDocument([...suites, ...missing], { time: elapsed_s.toFixed(3) });
}

function suite(name: string, tests: readonly string[], cells: readonly CellResult[]): string {
  const count = (conclusion: CellResult["conclusion"]): number =>
    cells.filter((cell) => cell.conclusion === conclusion).length;
  const counts = { failures: count("different"), errors: 0, skipped: count("no verdict") };
  return element("testsuite", { name, tests: tests.length, ...counts }, tests);
}

function testCase(cell: CellResult): string {
  const { workload, server, conclusion, remarks, load } = cell;
  const attributes = {
    classname: `${workload}.${server}`,
    name: nameOf(cell),
    time: (load?.elapsed_s ?? 0).toFixed(3),
  };
  const message = remarks.join(" ");
  const said = [text(`${wordOf(cell)}\n`)];
  if (conclusion === "as declared") return element("testcase", attributes, []);
  if (conclusion === "no verdict")
    return element("testcase", attributes, [element("skipped", { message }, [])]);
  const failure = element("failure", { message, type: wordOf(cell) }, [
    text(failingInterleaving(cell) ?? message),
  ]);
  return element("testcase", attributes, [failure, element("system-out", {}, said)]);
}

/** `read-write at RC`. */
export const nameOf = ({ strategy, isolation }: CellResult): string =>
  isolation === null ? strategy : `${strategy} at ${short_level[isolation]}`;
