/** The page in a real browser, opened from the disk. */
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CellResult } from "../../matrix/result.ts";
import type { TraceStep } from "../../schedules/trace.ts";
import { browserIsThere, open, startBrowser } from "./browser.test-support.ts";
import { compared } from "./compared.ts";
import { pageOfResults } from "./page-of-results.ts";
import {
  cellOf,
  edge,
  folderOf,
  lost_in_transactions,
  readBalance,
  resultsOf,
  traceOf,
  writeBalance,
} from "./results.test-support.ts";
import { writePage } from "./write-page.ts";

const way = "read-write-in-transaction";
const cells = [cellOf(way, lost_in_transactions), cellOf("in-place", undefined)];
const of_cell = `#/cell/counter%2Fpostgres%2F${way}%2Frc`;

/** Two keys; of each, a `get` that began before the `put` whose value it answers. */
const stored = [
  {
    ...{ raceproof: 1, backend: "", server: "", strategy: "", isolation: null, seed: 7 },
    ...{ clients: 4, initial: 0, started: "2026-01-01T00:00:00.000Z" },
  },
  { process: 0, type: "invoke", f: "get", key: "x", input: null },
  { process: 1, type: "invoke", f: "put", key: "y", input: "b" },
  { process: 2, type: "invoke", f: "put", key: "x", input: "a" },
  { process: 3, type: "invoke", f: "get", key: "y", input: null },
  { process: 2, type: "ok", output: null },
  { process: 0, type: "ok", output: "a" },
  { process: 1, type: "ok", output: null },
  { process: 3, type: "ok", output: "b" },
]
  .map((line, i) => (i === 0 ? line : { index: i - 1, time_ns: i * 1_000_000, ...line }))
  .map((line) => `${JSON.stringify(line)}\n`)
  .join("");

describe.runIf(browserIsThere())("in a browser", () => {
  let browser: Browser;
  const folders: string[] = [];
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(async () => {
    await browser.close();
    for (const folder of folders) await rm(folder, { recursive: true });
  });

  async function pageOf(cells: readonly CellResult[]): Promise<string> {
    const folder = await folderOf(cells);
    folders.push(folder);
    return writePage(folder, await pageOfResults(resultsOf(cells), folder, new Date()));
  }
  const shown = (page: Page): Promise<string[]> => page.locator("tbody th").allTextContents();

  test("the matrix is filtered by sign and by words, and the arrows go through it", async () => {
    await using opened = await open(browser, await pageOf(cells));
    const { page, troubles } = opened;
    await expect
      .poll(() => page.locator(".answer-line").textContent())
      .toBe("1 of 2 are safe, 1 goes wrong.");
    await expect.poll(() => shown(page)).toEqual([way, "in-place"]);
    await page.getByRole("button", { name: "goes wrong" }).click();
    await expect.poll(() => shown(page)).toEqual([way]);
    await page.getByRole("button", { name: "goes wrong" }).click();
    await page.keyboard.press("/");
    await page.keyboard.type("SELECT balance");
    await expect.poll(() => shown(page)).toEqual([way]);
    await page.keyboard.press("ControlOrMeta+A");
    await page.keyboard.type("in-place");
    await expect.poll(() => shown(page)).toEqual(["in-place"]);
    await page.keyboard.press("ControlOrMeta+A");
    await page.keyboard.press("Delete");
    await page.getByRole("link", { name: way }).focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await expect.poll(() => page.locator("h1").textContent()).toBe("in-place");
    await page.keyboard.press("Escape");
    await expect.poll(() => shown(page)).toHaveLength(2);
    expect(troubles).toEqual([]);
  });

  test("each step shows the line that it comes from, with the code around it", async () => {
    const file = fileURLToPath(import.meta.url);
    const steps = lost_in_transactions.map((step, row) =>
      step.kind === "read" ? { ...step, source: { file, line: row + 1, column: 1 } } : step,
    );
    await using opened = await open(browser, await pageOf([cellOf(way, steps), cells[1]!]));
    const { page, troubles } = opened;
    await page.getByRole("link", { name: way }).click();
    const read = page.locator(".step.read").first();
    await expect.poll(() => read.locator(".from").textContent()).toBe("page.test.ts:2");
    await expect.poll(() => page.locator(".source pre").count()).toBe(0);
    await read.click();
    await expect
      .poll(() => page.locator(".source .place").textContent())
      .toBe("reports/page/page.test.ts:2:1");
    await expect
      .poll(() => page.locator(".source .marked").textContent())
      .toBe('2import { readFile, rm, writeFile } from "node:fs/promises";\n');
    expect(troubles).toEqual([]);
  });

  test("a safe cell shows an interleaving that ends well, with its code, and nothing to replay", async () => {
    const source = { file: fileURLToPath(import.meta.url), line: 2, column: 1 };
    const steps: TraceStep[] = [
      edge(1, "begin"),
      { ...readBalance(1, "100"), source },
      { ...readBalance(2, "100"), source, waited: true, releasedBy: 3 },
      edge(1, "commit"),
    ];
    const safe = cellOf("select-for-update", undefined);
    const { two } = safe.explored!;
    const explored = { two: { ...two, example: traceOf(steps) } };
    await using opened = await open(browser, await pageOf([{ ...safe, explored }]));
    const { page, troubles } = opened;
    await page.locator(".cell").click();
    await expect
      .poll(() => page.locator(".sentence").textContent())
      .toMatch(/ends well: client 2's SELECT .* waits for client 1, until its COMMIT\.$/);
    await page.locator(".step.read").first().click();
    await expect.poll(() => page.locator(".source .marked").count()).toBe(1);
    expect(await page.locator(".replay").count()).toBe(0);
    expect(troubles).toEqual([]);
  });

  test("a cell tells its story, and is stepped through with the rows beside it", async () => {
    await using opened = await open(browser, await pageOf(cells));
    const { page, troubles } = opened;
    await page.getByRole("link", { name: way }).click();
    await expect
      .poll(() => page.locator(".sentence").textContent())
      .toMatch(
        /^client 1 and client 2 both read balance = 100 of account alice; client 1 wrote balance = 70; client 2 then wrote balance = 60 over it/,
      );
    const stored = page.locator(".state .stored b");
    await expect.poll(() => stored.textContent()).toBe("60");
    await expect
      .poll(() => page.locator(".step.overwrites").textContent())
      .toContain("overwrites client 1");
    await page.keyboard.press("Home");
    await expect.poll(() => page.locator(".step.later").count()).toBe(8);
    for (let n = 0; n < 5; n++) await page.keyboard.press("ArrowRight");
    await expect
      .poll(() => page.locator(".step.now").textContent())
      .toContain("waits for client 1");
    await expect.poll(() => stored.textContent()).toBe("100");
    await expect
      .poll(() => page.locator(".state .open").allTextContents())
      .toEqual(["70 by client 1, not committed"]);
    await page.getByRole("button", { name: "One step on" }).click();
    await expect.poll(() => page.locator(".step.now").textContent()).toContain("COMMIT");
    await expect.poll(() => stored.textContent()).toBe("70");
    await expect
      .poll(() => page.locator(".state .old").allTextContents())
      .toEqual(["100out of date"]);
    expect(troubles).toEqual([]);
  });

  test("the command that replays it is copied; what is safe instead is a link", async () => {
    const path = await pageOf(cells);
    await using opened = await open(browser, path);
    const { page, troubles } = opened;
    await page.goto(`${page.url()}${of_cell}`);
    await page.getByRole("button", { name: "Copy the command" }).click();
    await page.getByRole("button", { name: "Copied" }).waitFor();
    expect(await page.evaluate("navigator.clipboard.readText()")).toBe(
      "npm start -- replay rp2~counter.read-write~postgres~1.1~01~~x",
    );
    await page.locator(".instead a").click();
    await expect.poll(() => page.locator("h1").textContent()).toBe("in-place");
    expect(troubles).toEqual([]);
  });

  test("a load is drawn; those that were told the same stand out; it can be zoomed", async () => {
    await using opened = await open(browser, await pageOf(cells));
    const { page, troubles } = opened;
    await page.goto(`${page.url()}${of_cell}`);
    const bars = page.locator(".bar");
    await expect.poll(() => bars.count()).toBe(20);
    await expect.poll(() => page.locator(".bar.wrong").count()).toBe(20);
    await bars.first().hover();
    await expect
      .poll(() => page.locator(".tip").textContent())
      .toBe("client 1: add 1 → 1 (ok, 2 ms); breaks the model");
    await page.getByRole("button", { name: "Zoom in" }).click();
    await expect.poll(() => bars.count()).toBeLessThan(20);
    const fewer = await bars.count();
    await page.locator(".timeline").focus();
    await page.keyboard.press("+");
    await expect.poll(() => bars.count()).toBeLessThan(fewer);
    await page.getByRole("button", { name: "Show all" }).click();
    await expect.poll(() => bars.count()).toBe(20);
    expect(troubles).toEqual([]);
  });

  test("a valid load shows, on request, an order that proves it", async () => {
    await using opened = await open(browser, await pageOf(cells));
    const { page, troubles } = opened;
    await page.goto(`${page.url()}#/cell/counter%2Fpostgres%2Fin-place%2Frc`);
    const line = page.locator(".order").first();
    await page.getByRole("button", { name: "Linearization" }).click();
    await expect.poll(async () => (await line.getAttribute("d"))?.match(/[ML]/g)).toHaveLength(20);
    await page.locator(".bar").nth(1).hover();
    await expect
      .poll(() => page.locator(".tip").textContent())
      .toBe("client 2: add 1 → 2 (ok, 2 ms); number 2 in the order");
    await page.getByRole("button", { name: "Linearization" }).click();
    await expect.poll(() => page.locator(".order").count()).toBe(0);
    await page.goto(`${page.url().split("#")[0]}${of_cell}`);
    await page.locator(".bar").first().waitFor();
    await expect.poll(() => page.getByRole("button", { name: "Linearization" }).count()).toBe(0);
    expect(troubles).toEqual([]);
  });

  test("other models show their order, too; a checker without one says why", async () => {
    const judged = (way: string, ...judged_by: string[]): CellResult => {
      const cell = cellOf(way, undefined);
      return { ...cell, load: { ...cell.load!, judged_by } };
    };
    const both = [judged("store", "kv"), judged("numbers", "unique-ids")];
    const folder = await folderOf(both);
    folders.push(folder);
    await writeFile(join(folder, "store.jsonl"), stored);
    await using opened = await open(
      browser,
      await writePage(folder, await pageOfResults(resultsOf(both), folder, new Date())),
    );
    const { page, troubles } = opened;
    await page.getByRole("link", { name: "store" }).click();
    await page.getByRole("button", { name: "Linearization" }).click();
    const line = page.locator(".order").first();
    await expect.poll(async () => (await line.getAttribute("d"))?.match(/[ML]/g)).toHaveLength(4);
    await page.locator(".bar").first().hover();
    await expect
      .poll(() => page.locator(".tip").textContent())
      .toMatch(/^client 1: get → "a" \(ok, .*\); number [234] in the order$/);
    await page.keyboard.press("Escape");
    await page.getByRole("link", { name: "numbers" }).click();
    await page.getByRole("button", { name: "Linearization" }).click();
    await expect
      .poll(() => page.locator(".tip").textContent())
      .toMatch(/^There is no order to draw: the checker .* \(unique-ids asks only that no two /);
    await expect.poll(() => page.locator(".order").count()).toBe(0);
    expect(troubles).toEqual([]);
  });

  test("two databases side by side: their results in pairs, differences marked", async () => {
    const mysql = { backend: "mysql", server: "MySQL 9" };
    const redis = { backend: "redis", server: "Redis 8", isolation: null };
    await using opened = await open(
      browser,
      await pageOf([
        ...cells,
        { ...cellOf(way, undefined), ...mysql },
        { ...cells[1]!, ...mysql },
        { ...cellOf("incr", undefined), ...redis },
        { ...cells[1]!, ...redis },
      ]),
    );
    const { page, troubles } = opened;
    await page.getByRole("link", { name: "Two databases side by side" }).click();
    await expect
      .poll(() => page.locator(".sentence").textContent())
      .toBe("2 ways are on both; 1 differs in 1 of 2 results.");
    await expect.poll(() => page.locator(".differs").textContent()).toBe("✗✓");
    await page.getByRole("button", { name: "Only what differs" }).click();
    await expect.poll(() => shown(page)).toEqual([way]);
    await page.getByLabel("Second database").selectOption("redis");
    await expect
      .poll(() => page.locator(".sentence").textContent())
      .toBe("1 way is on both, with the same results.");
    await expect
      .poll(() => page.locator(".only").allTextContents())
      .toEqual([
        "In each pair, left is PostgreSQL 18.4, right Redis 8.",
        `Only on PostgreSQL 18.4: ${way} (counter).`,
        "Only on Redis 8: incr (counter).",
      ]);
    await page.goto(`${page.url().split("#")[0]}#/compare/%E0%A4%A`);
    await page.locator(".versus .cell").first().waitFor();
    expect(troubles).toEqual([]);
  });

  test("nothing that a database says runs or breaks the page", async () => {
    const nasty = `</script><script>alert(1)</script><img src=x onerror=alert(2)>"'\`<!--\u0000\u001b[31m\u202e\u2028`;
    const huge = `${nasty}${"x".repeat(10_000_000)}`;
    const steps = [
      readBalance(1, nasty),
      readBalance(2, nasty),
      { ...writeBalance(2, nasty), statement: `UPDATE ${huge}` },
      writeBalance(1, huge),
    ];
    const path = await pageOf([
      { ...cellOf("nasty", steps, huge), server: nasty, remarks: [nasty] },
    ]);
    await using opened = await open(browser, path);
    const { page, troubles } = opened;
    await expect
      .poll(() => page.locator(".card h3").textContent())
      .toContain("</script><script>alert(1)");
    await page.locator(".cell").click();
    await page.locator(".story").waitFor();
    const text = (await page.locator("main").textContent()) ?? "";
    expect(text).toContain("␛[31m⟨202e⟩");
    // oxlint-disable-next-line no-control-regex
    expect(text).not.toMatch(/[\u0000\u001b\u202e]/);
    expect(text.length).toBeLessThan(60_000);
    await expect.poll(() => page.locator("main img, main script").count()).toBe(0);
    expect(troubles).toEqual([]);
  });

  test("two runs: what changed is marked, and can be looked at alone", async () => {
    const [first, second] = [[cells[0]!, cellOf("in-place", lost_in_transactions)], cells].map(
      (cells) => ({ cells, folder: folderOf(cells) }),
    );
    const pages = [];
    for (const { cells, folder } of [first!, second!]) {
      folders.push(await folder);
      pages.push(await pageOfResults(resultsOf(cells), await folder, new Date()));
    }
    const path = await writePage(folders.at(-1)!, compared(pages[1]!, pages[0]!, "monday"));
    await using opened = await open(browser, path);
    const { page, troubles } = opened;
    await page.getByRole("button", { name: "changed since monday" }).click();
    await expect.poll(() => shown(page)).toEqual(["in-place"]);
    await page.getByRole("link", { name: "was lost update" }).click();
    await expect
      .poll(() => page.locator(".promised").textContent())
      .toContain("before: lost update");
    expect(troubles).toEqual([]);
  });

  test.each([390, 1024, 1920])("at a width of %i nothing is wider than the page", async (width) => {
    const file = join(process.cwd(), "package.json");
    const lines = (await readFile(file, "utf8")).split("\n");
    const line = 1 + lines.findIndex((text) => text.length > 120);
    const steps = lost_in_transactions.map((step) => ({
      ...step,
      source: { file, line, column: 1 },
    }));
    const path = await pageOf([cellOf(way, steps), cells[1]!]);
    await using opened = await open(browser, path, { width, colorScheme: "dark" });
    const { page, troubles } = opened;
    const wider = "document.documentElement.scrollWidth > document.documentElement.clientWidth";
    expect(await page.evaluate(wider)).toBe(false);
    await page.goto(`${page.url()}${of_cell}`);
    await page.locator(".source .marked").waitFor();
    expect(await page.evaluate(wider)).toBe(false);
    await page.goto(`${page.url().split("#")[0]}#/compare/postgres%7Cpostgres`);
    await page.locator(".versus").waitFor();
    expect(await page.evaluate(wider)).toBe(false);
    expect(troubles).toEqual([]);
  });
});
