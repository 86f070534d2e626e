import type { PageData } from "../page-data.ts";
import { el } from "./dom.ts";

export function pageHead(data: PageData, is_matrix: boolean): HTMLElement {
  const about = [["made", new Date(data.made).toLocaleString()] as const, ...data.about];
  return el(
    "header",
    { class: "top" },
    is_matrix ? el("h1", {}, data.title) : el("a", { class: "back", href: "#/" }, "← All results"),
    el(
      "dl",
      { class: "about" },
      ...about.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))),
    ),
  );
}
