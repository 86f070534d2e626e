/** In a table of links, Tab reaches only one of them, and the arrow keys move to the others. */
export function moveWithArrows(table: HTMLTableElement): void {
  table.querySelector("a")?.setAttribute("tabindex", "0");
  table.addEventListener("keydown", (event) => {
    const link = (event.target as Element).closest("a");
    const step = steps[event.key];
    if (!link || !step || event.ctrlKey || event.metaKey || event.altKey) return;
    const next = neighbour(link, step);
    if (!next) return;
    event.preventDefault();
    link.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });
}

const steps: Readonly<Record<string, readonly [across: number, down: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

function neighbour(
  link: HTMLAnchorElement,
  [across, down]: readonly [number, number],
): HTMLAnchorElement | undefined {
  const cell = link.closest("td")!;
  const rows = [...link.closest("tbody")!.rows];
  let row = rows.indexOf(cell.parentElement as HTMLTableRowElement);
  let column = cell.cellIndex;
  for (;;) {
    row += down;
    column += across;
    const there = rows[row]?.cells[column];
    if (!there || there.tagName !== "TD") return undefined;
    const found = there.querySelector("a");
    if (found) return found;
  }
}

/** Whether the user is typing in a field, so that a key is not a command. */
export const isTyping = ({ target }: KeyboardEvent): boolean =>
  target instanceof HTMLInputElement && target.type !== "range";
