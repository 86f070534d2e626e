import { connect } from "node:net";

/** PostgreSQL's SSLRequest: only PostgreSQL answers with a single letter, S or N. */
const ssl_request = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);
/** Redis answers with a line; HTTP servers say that this is not a request. */
const line = "PING\r\n\r\n";
/** MySQL and MariaDB greet by themselves, if they are given this time. */
const greeting_ms = 100;
/** A busy machine may be slow, and this time is only spent to find the reason of an error. */
const limit_ms = 2_000;

/**
 * What kind of server listens there, told from its first words; used only to explain why a driver failed.
 * Each question gets its own connection, because Redis answers nothing more once it has read a zero byte.
 *
 * @returns undefined when nobody answers within two seconds, or not in a known way
 */
export async function whoAnswers(host: string, port: number): Promise<string | undefined> {
  const answers = await Promise.all([ssl_request, line].map((said) => ask(host, port, said)));
  return answers.find((who) => who !== undefined);
}

function ask(host: string, port: number, question: Buffer | string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const timers = [
      setTimeout(() => socket.write(question), greeting_ms),
      setTimeout(() => end(undefined), limit_ms),
    ];
    const end = (who: string | undefined): void => {
      for (const timer of timers) clearTimeout(timer);
      socket.destroy();
      resolve(who);
    };
    socket.on("error", () => end(undefined));
    socket.on("close", () => end(undefined));
    socket.on("data", (said) => end(recognise(said.toString("latin1"))));
  });
}

function recognise(said: string): string | undefined {
  if (/^[SN]$/.test(said)) return "PostgreSQL";
  if (/^[+-]/.test(said)) return "Redis";
  if (said.startsWith("HTTP/")) return "an HTTP server";
  if (/MariaDB/i.test(said)) return "MariaDB";
  // Packet header, then protocol version 10 (greeting) or 255 (refusal).
  return said[3] === "\0" && "\n\u00ff".includes(said[4] ?? "x") ? "MySQL" : undefined;
}
