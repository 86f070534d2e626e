/**
 * One file with everything in it. What it shows comes from databases and programs, so none of that may ever run:
 * the data are compressed, in letters and digits, the scripts put them into the page only as text, and the browser is
 * told to run and load nothing but the one script and the one style sheet whose hashes are in the head.
 */
import { createHash } from "node:crypto";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { Assets } from "./assets.ts";
import type { PageData } from "./page-data.ts";

export function pageHtml(data: PageData, { script, style }: Assets): string {
  const policy = [
    "default-src 'none'",
    `script-src '${hash(script)}'`,
    `style-src '${hash(style)}'`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="raceproof">
<title>${inText(data.title)}</title>
<style>${style}</style>
</head>
<body>
<noscript>This page is drawn by its own script; results.json beside it holds the same.</noscript>
<div id="page"></div>
<script type="text/plain" id="data">${packed(data)}</script>
<script>${script}</script>
</body>
</html>
`;
}

const hash = (text: string): string =>
  `sha256-${createHash("sha256").update(text).digest("base64")}`;

/** A matrix is a tenth of its size then. */
const packed = (data: PageData): string =>
  deflateRawSync(JSON.stringify(data), { level: 9 }).toString("base64");

/** What is shown in a page. */
export function dataIn(html: string): PageData {
  const [, text = ""] = /id="data">([^<]*)</.exec(html) ?? [];
  return JSON.parse(inflateRawSync(Buffer.from(text, "base64")).toString()) as PageData;
}

const inText = (text: string): string =>
  text.replace(/[<>&"']/g, (char) => `&#${char.charCodeAt(0)};`);
