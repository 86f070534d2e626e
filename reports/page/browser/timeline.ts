/** Every operation as a bar in the row of its client. Zoom with the wheel, the buttons or + and -; drag to move. */

import { visible } from "../../visible.ts";
import type { LoadDrawing } from "../page-data.ts";
import { type Bar, barsOf, textOf } from "./bars.ts";
import { faultBands, rounded, width } from "./chart.ts";
import { el, fill, svg } from "./dom.ts";
import { lineThrough, pointsOf } from "./linearization.ts";
import { factor, listen } from "./timeline-moves.ts";
import { toggle } from "./toggle.ts";

const lane_height = 22;
const axis_height = 18;
/** The narrowest range that can be zoomed to. */
const narrowest_ms = 0.2;

/** @param zoomed is called with the visible range */
export function timeline(
  drawn: LoadDrawing,
  zoomed: (from_ms: number, to_ms: number) => void,
): HTMLElement {
  const all = barsOf(drawn);
  const end = Math.max(...all.map(({ to_ms }) => to_ms), narrowest_ms);
  const height = drawn.lanes.length * lane_height + axis_height;
  const picture = svg("svg", {
    viewBox: `0 0 ${width} ${height}`,
    preserveAspectRatio: "none",
    role: "img",
    "aria-label": `${all.length} operations of ${drawn.lanes.length} clients over ${rounded(end)} ms`,
  });
  picture.style.height = `${height}px`;
  const tip = el("p", { class: "tip", role: "status" });
  const axis = el("p", { class: "axis" });
  const points = pointsOf(all, drawn.order ?? []);
  let is_ordered = false;
  let [from, to] = [0, end];
  const show = (from_ms: number, to_ms: number): void => {
    const span = Math.min(end, Math.max(narrowest_ms, to_ms - from_ms));
    from = Math.min(end - span, Math.max(0, from_ms));
    to = from + span;
    const x = (ms: number): number => ((ms - from) / span) * width;
    const seen = all.filter((bar) => bar.to_ms >= from && bar.from_ms <= to);
    fill(
      picture,
      ...drawn.lanes.map((_, lane) =>
        svg("line", { class: "rail", x1: 0, x2: width, y1: middle(lane), y2: middle(lane) }),
      ),
      ...faultBands(drawn.faults, x, height - axis_height),
      ...seen.map((bar) => rect(bar, x)),
      ...(is_ordered ? lineThrough(points, x, middle) : []),
    );
    fill(axis, el("span", {}, `${rounded(from)} ms`), el("span", {}, `${rounded(to)} ms`));
    zoomed(from, to);
  };
  const zoom = (by: number, around = 0.5): void => {
    const middle = from + (to - from) * around;
    show(middle - (middle - from) * by, middle + (to - middle) * by);
  };
  const move = (share: number): void => show(from + (to - from) * share, to + (to - from) * share);
  const frame = el(
    "div",
    { class: "timeline", tabindex: "0", role: "group", "aria-label": "Operations over time" },
    el("div", { class: "names" }, ...drawn.lanes.map((name) => el("span", {}, name))),
    picture,
  );
  listen(frame, picture, { zoom, move, all: () => show(0, end) });
  picture.addEventListener("pointerover", ({ target }) => {
    const bar = all[Number((target as Element).getAttribute("data-bar") ?? -1)];
    if (bar) tip.textContent = visible(textOf(bar, drawn.lanes));
  });
  show(0, end);
  const buttons: Buttons = {
    closer: () => zoom(1 / factor),
    wider: () => zoom(factor),
    all: () => show(0, end),
    order(is_on) {
      is_ordered = is_on && drawn.order !== undefined;
      frame.classList.toggle("ordered", is_ordered);
      tip.textContent = is_on ? (drawn.no_order ?? orderText(points.length)) : "";
      show(from, to);
    },
  };
  return el("figure", { class: "bars" }, caption(drawn, all, buttons), frame, axis, tip);
}

interface Buttons {
  readonly closer: () => void;
  readonly wider: () => void;
  readonly all: () => void;
  /** Shows or hides the linearization. */
  readonly order: (is_on: boolean) => void;
}

const orderText = (count: number): string =>
  `Along the line: ${count} operations in an order that one after the other gives these answers, each at a point between its call and its answer. What failed is not in it.`;

/** How many of the operations are drawn, how many are wrong, and buttons for those without a wheel. */
function caption(drawn: LoadDrawing, all: readonly Bar[], buttons: Buttons): HTMLElement {
  const button = (text: string, label: string, action: () => void): HTMLElement =>
    el("button", { type: "button", "aria-label": label, title: label, onclick: action }, text);
  const wrong = all.filter((bar) => bar.wrong).length;
  const less = all.length < drawn.total ? `the first ${all.length} of ${drawn.total}` : "";
  return el(
    "figcaption",
    {},
    el("b", {}, "operations"),
    el("span", {}, less),
    wrong > 0 && el("span", { class: "key wrong-key" }, `${wrong} break the model`),
    el(
      "span",
      { class: "zoom" },
      (drawn.order ?? drawn.no_order) && toggle("", false, buttons.order, "Linearization"),
      button("+", "Zoom in", buttons.closer),
      button("−", "Zoom out", buttons.wider),
      button("All", "Show all", buttons.all),
    ),
  );
}

const middle = (lane: number): number => lane * lane_height + lane_height / 2;

function rect(bar: Bar, x: (ms: number) => number): SVGElement {
  const left = x(bar.from_ms);
  const inset = bar.wrong ? 1 : 4;
  return svg("rect", {
    class: `bar ${bar.status}${bar.wrong ? " wrong" : ""}`,
    x: left.toFixed(2),
    y: bar.lane * lane_height + inset,
    width: Math.max(0.8, x(bar.to_ms) - left - 0.5).toFixed(2),
    height: lane_height - 2 * inset,
    "data-bar": bar.number,
  });
}
