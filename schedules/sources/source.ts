/** Which line of the user's own code a stack leads to. */
import { fileURLToPath } from "node:url";
import type { Source } from "../../histories/source.ts";

/** Where a stack leads. */
export type Led =
  | { readonly to: "own code"; readonly source: Source }
  /** It begins in what Node called for an asynchronous resource: what made that resource is further on the way. */
  | { readonly to: "the resource" }
  /** None of its lines says whose request this is. */
  | { readonly to: "nowhere" };

/** Our folder: the repository, or `dist` of the package. */
const our_folder = new URL("../../", import.meta.url);
/** In our repository, these are programs like those of users. */
const programs = /^(suites|tests|examples|bench)\/|\.test\.ts$/;

/**
 * The innermost line of the user's own code: neither Node's, nor a library's, nor ours.
 *
 * The stack is read as text, because whoever compiled the code (vitest, tsx, Jest, Node with `--enable-source-maps`) has
 * already put the lines of the source there in place of its own.
 */
export function ledBy(stack: string): Led {
  const lines = stack.split("\n").filter((line) => line.startsWith("    at "));
  let gives_back = false;
  for (const line of lines) {
    // Whatever is below it has only set off the callback, which belongs to whoever bound it.
    if (line.includes("AsyncResource.runInAsyncScope")) return { to: "the resource" };
    const source = sourceOf(line);
    if (source === undefined) {
      gives_back ||= gives_connection_back.test(line);
      continue;
    }
    return gives_back ? { to: "nowhere" } : { to: "own code", source };
  }
  return { to: "the resource" };
}

/** A connection that is given back to a pool may set off the request of somebody else who waited for it. */
const gives_connection_back = /release\w* .*pool/i;

/** `at name (place)`, `at async name (place)`, `at place`; a place is a path or a URL, with line and column. */
const at_place = /^ {4}at (?:async )?(?:(?!\/|file:|[A-Za-z]:[\\/]).*? \()?(.+?):(\d+):(\d+)\)?$/;

function sourceOf(text: string): Source | undefined {
  const [, place = "", line, column] = at_place.exec(text) ?? [];
  const file = pathOf(place);
  if (file === undefined || /[\\/]node_modules[\\/]/.test(file) || isOurs(file)) return undefined;
  return { file, line: Number(line), column: Number(column) };
}

/** The path of a file, without what a bundler asks in its name; undefined for what is not in a file. */
function pathOf(place: string): string | undefined {
  const bare = place.replace(/\?.*$/, "");
  if (/^(\/|[A-Za-z]:[\\/])/.test(bare)) return bare;
  return bare.startsWith("file://") ? fileURLToPath(bare) : undefined;
}

function isOurs(file: string): boolean {
  const folder = fileURLToPath(our_folder);
  return file.startsWith(folder) && !programs.test(file.slice(folder.length));
}
