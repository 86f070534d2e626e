/** Data folders are initialised once, kept in the cache, and copied from there. */
import { createHash } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { cached } from "./cache.ts";
import { Home } from "./home.ts";
import type { Executable, Recipe } from "./local/recipe.ts";
import type { Errand } from "./progress.ts";
import { machineInWords } from "./unavailable.ts";

/** To be increased when the way of initialising changes. */
const edition = 2;

/** Fills the empty data folder of a home, from the template of this program. */
export async function fillFromTemplate(
  recipe: Recipe,
  program: Executable,
  home: Home,
  data: string,
  errand: Errand,
): Promise<void> {
  if (recipe.initialise === undefined) return home.handOver();
  const mark = createHash("sha256")
    .update(`${edition} ${program.origin}`)
    .digest("hex")
    .slice(0, 12);
  const name = `template/${recipe.kind}-${program.version}-${mark}`;
  const template = await cached(name, errand, async (cache_home) => {
    errand.progress({ what: `initialising ${recipe.product} ${program.version}` });
    const { signal } = errand;
    await using maker = await Home.make("maker", { tenant: recipe.maker?.(), signal });
    const settled = (await recipe.settle?.(program, maker)) ?? program;
    const fresh = join(maker.folder, "fresh");
    await mkdir(fresh, { mode: 0o700 });
    await maker.handOver();
    await recipe.initialise?.(settled, maker, fresh).catch((error: Error) => {
      throw machineInWords(error, maker.folder, "set TMPDIR to a folder with room for it");
    });
    // It holds the UUID of a MySQL server, which must not be copied.
    await rm(join(fresh, "auto.cnf"), { force: true });
    const copy = join(cache_home.folder, "data");
    await copyFolder(cache_home, fresh, copy);
    return copy;
  });
  // The home's tenant cannot copy it: the cache may be closed to that user.
  await using helper = await Home.make("copy", errand);
  await copyFolder(helper, `${template}/.`, data);
  await home.handOver();
}

/** Sparse, as data folders are mostly holes. */
const copyFolder = (home: Home, from: string, to: string): Promise<void> =>
  home.finish(["cp", "-a", "--sparse=always", from, to]);
