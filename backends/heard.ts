import type { Socket } from "node:net";

/** The first event of a kind, or the error that comes instead. */
export function heard<T>(socket: Socket, event: "connect" | "data" | "secureConnect"): Promise<T> {
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.once(event, (value: T) => {
      socket.off("error", reject);
      resolve(value);
    });
  });
}
