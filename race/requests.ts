/** Requests to an app, as people write them. In one line: `POST /withdraw {"amount": 30}`. */

/** One operation of an app. */
export interface AppRequest {
  readonly method: string;
  /** With its query: `/accounts?owner=alice`. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** Its first words, for sentences: `POST /withdraw`. */
  readonly name: string;
}

/** A request that cannot be read; the message says how it should look. */
export class BadRequest extends Error {}

const first_line = /^\s*([A-Z]+)[ \t]+(\/\S*)[ \t]*/;
const header_line = /^([\w-]+):[ \t]*(.*)$/;
const example = 'POST /withdraw {"amount": 30}';

/**
 * Reads `METHOD PATH BODY`. Headers stand on lines of their own below the first, then a blank line, then the body:
 *
 *     POST /withdraw
 *     Authorization: Bearer alice
 *
 *     {"amount": 30}
 *
 * A body is JSON, unless a header `Content-Type` says something else.
 *
 * @throws BadRequest
 */
export function readRequest(text: string): AppRequest {
  const first = first_line.exec(text);
  if (first === null)
    throw new BadRequest(`a request begins with its method and its path, as in ${example}`);
  const [begin, method = "", path = ""] = first;
  const { headers, body } = headersAndBody(text.slice(begin.length));
  const has_type = Object.keys(headers).some((name) => name.toLowerCase() === "content-type");
  if (body !== undefined && !has_type) {
    mustBeJson(body);
    headers["content-type"] = "application/json";
  }
  return { method, path, headers, body, name: `${method} ${path}` };
}

function headersAndBody(rest: string): {
  readonly headers: Record<string, string>;
  readonly body: string | undefined;
} {
  const headers: Record<string, string> = {};
  const lines = rest.split(/\r?\n/);
  const has_headers = lines[0] === "";
  if (has_headers) {
    lines.shift();
    for (let line = lines.shift(); line !== undefined && line.trim() !== ""; line = lines.shift()) {
      const [, name, value] = header_line.exec(line.trim()) ?? [];
      if (name === undefined || value === undefined)
        throw new BadRequest(
          `"${line.trim()}" is not a header; a body on lines of its own comes after a blank line`,
        );
      headers[name] = value;
    }
  }
  const body = lines.join("\n").trim();
  return { headers, body: body === "" ? undefined : body };
}

function mustBeJson(body: string): void {
  try {
    JSON.parse(body);
  } catch (error) {
    throw new BadRequest(
      `its body is not JSON (${(error as Error).message}), and no header Content-Type says what else it is`,
    );
  }
}
