import { randomUUID } from "node:crypto";
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pageAssets } from "./assets.ts";
import { pageHtml } from "./html.ts";
import type { PageData } from "./page-data.ts";

/** Writes the page; the previous one stays until this one is complete. @returns its path */
export async function writePage(folder: string, data: PageData): Promise<string> {
  const path = join(folder, "index.html");
  const part = `${path}.${randomUUID()}.new`;
  await writeFile(part, pageHtml(data, await pageAssets()));
  await rename(part, path);
  return path;
}
