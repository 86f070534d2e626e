import type { PageCell, PageData } from "../page-data.ts";
import { el } from "./dom.ts";

export function pageHead(data: PageData, cell: PageCell | undefined): HTMLElement {
  const about = [["made", new Date(data.made).toLocaleString()] as const, ...data.about];
  return el(
    "header",
    { class: "top" },
    cell ? el("a", { class: "back", href: "#/" }, "← All results") : el("h1", {}, data.title),
    el(
      "dl",
      { class: "about" },
      ...about.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))),
    ),
  );
}
