import type { PageCell, PageData } from "./page-data.ts";

/**
 * The page, with marks on everything that has changed since an earlier run.
 * @param name of the earlier run
 */
export function compared(page: PageData, earlier: PageData, name: string): PageData {
  const before = new Map(earlier.cells.map((cell) => [cell.id, cell]));
  const now = new Set(page.cells.map(({ id }) => id));
  return {
    ...page,
    cells: page.cells.map((cell) => ({ ...cell, ...changeOf(cell, before.get(cell.id)) })),
    before: { name, gone: [...before.keys()].filter((id) => !now.has(id)) },
  };
}

function changeOf(cell: PageCell, before: PageCell | undefined): Pick<PageCell, "before"> {
  if (before === undefined) return { before: "new" };
  const { sign, word, server } = before;
  if (sign === cell.sign && word === cell.word && server === cell.server) return {};
  return { before: { sign, word: server === cell.server ? word : `${word} on ${server}` } };
}
