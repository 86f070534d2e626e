import { inTime } from "../../backends/real-time.ts";

/** A client that has not closed itself by then loses its connections. */
const close_limit_ms = 500;

/** Waits for a client to close itself, not for ever; whether it could does not matter. */
export async function closeInTime(close: () => Promise<unknown>): Promise<void> {
  await inTime(close(), close_limit_ms).catch(() => undefined);
}
