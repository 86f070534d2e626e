/** Extra memory for each thread: compiled code, garbage that is not collected yet. */
const thread_mb = 96;
const look_ms = 50;

/**
 * A signal that aborts, with the reason "memory", when this process has grown by more than it may. Node's own
 * limit for a thread does not count its buffers.
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
