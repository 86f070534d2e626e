import { type ResourceLimits, Worker } from "node:worker_threads";

/**
 * A thread of ours.
 * @param file its URL without the ending, beside which `.ts` or `.js` stands as this file's does
 * @param data what it finds in `workerData`
 */
export function startWorker(file: URL, data: object, resourceLimits: ResourceLimits): Worker {
  const options = { workerData: data, resourceLimits };
  if (import.meta.url.endsWith(".js")) return new Worker(new URL(`${file.href}.js`), options);
  // When run from the sources: a thread does not inherit the TypeScript loader.
  const loader = import.meta.resolve("tsx/esm/api");
  const code = `import("${loader}").then(({ tsImport }) => tsImport("${file.href}.ts", "${file.href}.ts"))`;
  return new Worker(code, { ...options, eval: true, execArgv: [] });
}
