/** Cards in as many columns as there is room for; each card goes into the shortest column. */
import { el, fill } from "./dom.ts";

export interface Sized {
  readonly element: HTMLElement;
  /** In any unit. */
  readonly height: number;
}

const column_px = 385;

export function inColumns(cards: readonly Sized[]): HTMLElement {
  const frame = el("div", { class: "cards" });
  let drawn = 0;
  new ResizeObserver(([entry]) => {
    const room = Math.max(1, Math.floor((entry?.contentRect.width ?? 0) / column_px));
    const count = Math.min(room, cards.length);
    if (count === drawn) return;
    drawn = count;
    place(frame, cards, count);
  }).observe(frame);
  return frame;
}

function place(frame: HTMLElement, cards: readonly Sized[], count: number): void {
  const columns = Array.from({ length: count }, () => ({
    element: el("div", { class: "column" }),
    height: 0,
  }));
  for (const { element, height } of cards) {
    const shortest = columns.reduce((a, b) => (b.height < a.height ? b : a));
    shortest.element.append(element);
    shortest.height += height;
  }
  fill(frame, ...columns.map(({ element }) => element));
}
