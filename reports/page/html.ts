/**
 * One file with everything in it. What it shows comes from databases and programs, so none of that may ever run:
 * the data are JSON without any `<`, the scripts put them into the page only as text, and the browser is told
 * to run and load nothing but the one script and the one style sheet whose hashes are in the head.
 */
import { createHash } from "node:crypto";
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
<script type="application/json" id="data">${inScript(data)}</script>
<script>${script}</script>
</body>
</html>
`;
}

const hash = (text: string): string =>
  `sha256-${createHash("sha256").update(text).digest("base64")}`;

/** JSON that can neither end a script nor begin a comment. */
const inScript = (data: unknown): string =>
  JSON.stringify(data).replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

const inText = (text: string): string =>
  text.replace(/[<>&"']/g, (char) => `&#${char.charCodeAt(0)};`);
