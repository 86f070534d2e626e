/** Sends a request to an app and reads its whole answer: no redirects, no retries, a connection for each request. */
import { request as newRequest } from "node:http";
import type { AppRequest } from "./requests.ts";

/** What an app answered. */
export interface AppAnswer {
  readonly status: number;
  /** As data if it is JSON, else as text. */
  readonly body: unknown;
}

const body_max_chars = 2 ** 20;

/** @throws Error when there is no whole answer: the connection was closed, or the body is longer than 1 MiB */
export function send(
  { method, path, headers, body }: AppRequest,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<AppAnswer> {
  return new Promise((resolve, reject) => {
    const options = { host, port, method, path, headers, agent: false as const };
    const asked = newRequest(options, (answer) => {
      let text = "";
      answer.setEncoding("utf8");
      answer.on("data", (more: string) => {
        text += more;
        if (text.length > body_max_chars) asked.destroy(new Error("the body is longer than 1 MiB"));
      });
      answer.on("error", reject);
      answer.on("end", () => {
        const { statusCode: status = 0 } = answer;
        resolve({ status, body: bodyOf(text, answer.headers["content-type"] ?? "") });
      });
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

function bodyOf(text: string, type: string): unknown {
  if (text === "") return null;
  if (!/\bjson\b/.test(type)) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
