/**
 * A real browser: Debian's chromium. If it is absent, the tests are skipped with a message; if RACEPROOF_CHROMIUM
 * is set, they fail.
 */
import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";

const executablePath = process.env["RACEPROOF_CHROMIUM"] || "/usr/bin/chromium";

/** @throws Error when RACEPROOF_CHROMIUM names a browser that is not there */
export function browserIsThere(): boolean {
  if (existsSync(executablePath)) return true;
  const why = `the tests in a browser: there is no ${executablePath} (apt-get install chromium)`;
  if (process.env["RACEPROOF_CHROMIUM"]) throw new Error(`Not run: ${why}`);
  console.warn(`\n*** NOT RUN: ${why} ***\n`);
  return false;
}

export const startBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath,
    args: [
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
      ...["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
      ...["--disable-component-update", "--disable-sync"],
    ],
  });

/** A page that was opened from disk, and what went wrong in it. */
export interface Opened extends AsyncDisposable {
  readonly page: Page;
  /** Everything that it wrote to its console, threw, or requested from a network. */
  readonly troubles: readonly string[];
}

export interface View {
  readonly width?: number;
  readonly height?: number;
  readonly colorScheme?: "light" | "dark";
}

export async function open(
  browser: Browser,
  path: string,
  { width = 1280, height = 900, colorScheme = "light" }: View = {},
): Promise<Opened> {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme,
    permissions: ["clipboard-read", "clipboard-write"],
  });
  const page = await context.newPage();
  const troubles: string[] = [];
  page.on("console", (message) => troubles.push(message.text()));
  page.on("pageerror", (error) => troubles.push(error.message));
  page.on("dialog", (dialog) => {
    troubles.push(`dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("request", (request) => {
    if (!/^(file|data):/.test(request.url())) troubles.push(`asked for ${request.url()}`);
  });
  await page.goto(pathToFileURL(path).href);
  return { page, troubles, [Symbol.asyncDispose]: () => context.close() };
}
