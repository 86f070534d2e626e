/** `npm run pictures`: takes the pictures of docs/report.md, in a browser, of the page of the last run. */
import { mkdir } from "node:fs/promises";
import { resolve } from "node:path";
import type { Page } from "playwright-core";
import { open, startBrowser } from "./browser.test-support.ts";

const page_path = resolve("raceproof-out/index.html");
const folder = "docs/pictures";
const story = "#/cell/counter%2Fpostgres%2Fadvisory-lock-released-before-commit%2Frc";

/** What each picture shows, and how large it is. */
const pictures: Readonly<
  Record<string, { hash: string; height: number; ready: (page: Page) => Promise<void> }>
> = {
  matrix: { hash: "#/", height: 820, ready: (page) => page.locator(".card").first().waitFor() },
  versus: {
    hash: "#/compare/postgres%7Cmysql",
    height: 560,
    ready: (page) => page.locator(".versus .cell").first().waitFor(),
  },
  story: {
    hash: story,
    height: 900,
    async ready(page) {
      await page.locator(".sentence").evaluate((element) => element.scrollIntoView());
      for (let n = 0; n < 3; n++) await page.keyboard.press("ArrowLeft");
    },
  },
  load: {
    hash: story,
    height: 560,
    ready: (page) => page.locator(".load").evaluate((element) => element.scrollIntoView()),
  },
};

await mkdir(folder, { recursive: true });
const browser = await startBrowser();
try {
  for (const [name, { hash, height, ready }] of Object.entries(pictures)) {
    await using opened = await open(browser, page_path, { width: 1200, height });
    const { page, troubles } = opened;
    await page.goto(`${page.url()}${hash}`);
    await ready(page);
    await page.screenshot({ path: `${folder}/${name}.png`, animations: "disabled" });
    if (troubles.length > 0) throw new Error(`${name}: ${troubles.join("; ")}`);
  }
} finally {
  await browser.close();
}
