import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type LinearizableOptions, linearizable } from "./linearizable.ts";
import type { Model } from "./model.ts";
import type { MakeModel } from "./models/index.ts";
import { checkerFor, modelNames } from "./select.ts";
import type { Checker } from "./verdict.ts";

/**
 * The checker with this name, or one for a file whose default export is a Model, or a function that makes one
 * from the initial value.
 * @throws Error with one sentence
 */
export async function loadChecker(model: string, options: LinearizableOptions): Promise<Checker> {
  if (!/\.[cm]?[jt]s$/.test(model)) return checkerFor(model, options);
  const make = asMaker(await importFile(model), model, options.initial);
  return linearizable(make(options.initial).name, make, options);
}

/** Whether this can be given as `--model`: a name, or a JavaScript or TypeScript file. */
export function mayBeModel(model: string): boolean {
  return modelNames.includes(model) || /\.[cm]?[jt]s$/.test(model);
}

async function importFile(path: string): Promise<unknown> {
  const url = pathToFileURL(resolve(path)).href;
  try {
    const loaded: unknown = /\.[cm]?js$/.test(path) ? await import(url) : await importTyped(url);
    // A file that Node treats as CommonJS has its exports one level deeper.
    return defaultOf(defaultOf(loaded));
  } catch (error) {
    throw new Error(`The model ${path} cannot be loaded: ${firstLine(error)}`, { cause: error });
  }
}

async function importTyped(url: string): Promise<unknown> {
  // Its cache lies in a shared folder under a name that can be guessed: others could have put code there.
  process.env["TSX_DISABLE_CACHE"] = "1";
  const { tsImport } = await import("tsx/esm/api").catch((error: unknown) => {
    throw new Error("TypeScript is read by the package tsx, which is missing (npm i -D tsx)", {
      cause: error,
    });
  });
  return tsImport(url, import.meta.url);
}

function defaultOf(exported: unknown): unknown {
  return typeof exported === "object" && exported !== null && "default" in exported
    ? exported.default
    : exported;
}

function asMaker(exported: unknown, path: string, initial: unknown): MakeModel {
  // oxlint-disable-next-line no-unsafe-type-assertion -- its answer is looked at below
  const make = typeof exported === "function" ? (exported as MakeModel) : () => exported;
  if (!isModel(madeBy(make, path, initial)))
    throw new Error(
      `The default export of ${path} must be a model, { name, init, step }, or a function that makes one.`,
    );
  // oxlint-disable-next-line no-unsafe-type-assertion -- just looked at
  return make as MakeModel;
}

function madeBy(make: (initial: unknown) => unknown, path: string, initial: unknown): unknown {
  try {
    return make(initial);
  } catch (error) {
    throw new Error(`The model ${path} cannot be made: ${firstLine(error)}`, { cause: error });
  }
}

function isModel(value: unknown): value is Model<unknown> {
  return (
    typeof value === "object" &&
    value !== null &&
    "name" in value &&
    typeof value.name === "string" &&
    "init" in value &&
    "step" in value &&
    typeof value.step === "function"
  );
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0]!;
}
