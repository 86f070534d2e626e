/** An arrow from the write that overwrote another one to the one that was lost; it follows when they move. */
import { svg } from "./dom.ts";

const inset_px = 10;
const bend_px = 26;

export function arrow(
  frame: HTMLElement,
  from: HTMLElement | undefined,
  to: HTMLElement | undefined,
): SVGElement | undefined {
  if (!from || !to) return undefined;
  const line = svg("path", { class: "line" });
  const head = svg("path", { class: "head" });
  const picture = svg("svg", { class: "arrow", "aria-hidden": "true" }, line, head);
  frame.append(picture);
  new ResizeObserver(draw).observe(frame);
  return picture;

  function draw(): void {
    const zero = frame.getBoundingClientRect();
    const [a, b] = [from!.getBoundingClientRect(), to!.getBoundingClientRect()];
    if (zero.width === 0) return;
    picture.setAttribute("viewBox", `0 0 ${zero.width} ${zero.height}`);
    const is_left = a.left < b.left;
    const x1 = (is_left ? a.right : a.left) - zero.left;
    const y1 = a.top + a.height / 2 - zero.top;
    const x2 = (is_left ? b.left + inset_px : b.right - inset_px) - zero.left;
    const y2 = b.bottom - zero.top;
    const side = is_left ? 1 : -1;
    if (a.left === b.left) return;
    line.setAttribute(
      "d",
      `M${x1} ${y1} C${x1 + side * bend_px} ${y1} ${x2} ${y1} ${x2} ${y2 + 8}`,
    );
    head.setAttribute("d", `M${x2} ${y2 + 1} l-5 9 l10 0 z`);
  }
}
