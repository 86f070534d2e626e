/** JUnit's XML, whatever is said in it. */
import { visible } from "./visible.ts";

type Attributes = Readonly<Record<string, string | number>>;

export function junitDocument(suites: readonly string[], attributes: Attributes = {}): string {
  const root = element("testsuites", { name: "raceproof", ...attributes }, suites);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}\n`;
}

export function element(name: string, attributes: Attributes, children: readonly string[]): string {
  const all = Object.entries(attributes).map(([key, value]) => ` ${key}="${text(String(value))}"`);
  const open = `<${name}${all.join("")}`;
  return children.length === 0 ? `${open}/>` : `${open}>${children.join("\n")}</${name}>`;
}

/** XML cannot contain most control characters, not even escaped. */
export const text = (said: string): string =>
  visible(said)
    // oxlint-disable-next-line no-control-regex
    .replace(
      /[\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
      "�",
    )
    .replace(/[<>&"]/g, (char) => `&#${char.charCodeAt(0)};`);
