/** What a thread may need besides what it holds: compiled code, garbage not collected yet. */
const thread_mb = 96;
const look_ms = 50;

/**
 * A signal, with "memory" for its reason, for when this process has grown by more than it may. The limit that
 * Node keeps for a thread does not count its buffers.
 */
export function watchMemory(
  memory_mb: number,
  threads: number,
): { readonly signal: AbortSignal; end(): void } {
  const control = new AbortController();
  const most_bytes = process.memoryUsage.rss() + (memory_mb + threads * thread_mb) * 2 ** 20;
  const timer = setInterval(() => {
    if (process.memoryUsage.rss() > most_bytes) control.abort("memory");
  }, look_ms);
  return { signal: control.signal, end: () => clearInterval(timer) };
}
