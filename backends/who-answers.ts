import { connect } from "node:net";

/** PostgreSQL's SSLRequest: it alone answers with one letter, S or N. */
const ssl_request = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

/**
 * What kind of server listens there, from its first words; asked only to explain why a driver failed.
 * MySQL and MariaDB greet by themselves, PostgreSQL answers an SSLRequest, Redis and HTTP a line.
 *
 * @returns undefined when nobody answers within half a second, or in no way that is known.
 */
export function whoAnswers(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const timers = [
      setTimeout(() => socket.write(ssl_request), 100),
      setTimeout(() => socket.write("\r\nPING\r\n\r\n"), 250),
      setTimeout(() => end(undefined), 500),
    ];
    const end = (who: string | undefined): void => {
      for (const timer of timers) clearTimeout(timer);
      socket.destroy();
      resolve(who);
    };
    socket.on("error", () => end(undefined));
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
