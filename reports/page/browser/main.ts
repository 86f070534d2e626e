/** Shows what the address of the page names: the matrix, one cell, or two databases side by side. */
import type { PageData } from "../page-data.ts";
import { cellView } from "./cell-view.ts";
import { el, fill } from "./dom.ts";
import { type Filter, noFilter } from "./filter.ts";
import { isTyping } from "./keys.ts";
import { matrixView } from "./matrix-view.ts";
import { pageHead } from "./page-head.ts";
import { readData } from "./read-data.ts";
import { nameOf } from "./signs.ts";
import { versusView } from "./versus-view.ts";

const page = document.getElementById("page")!;
let scrolled = 0;

/** A name in the address: of a cell, or of two databases. Never throws: the address may be anything. */
function named(kind: "cell" | "compare"): string | undefined {
  const [, is, name] = /^#\/(\w+)\/(.*)$/.exec(location.hash) ?? [];
  if (is !== kind || name === undefined) return undefined;
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

function show(data: PageData, filter: Filter): void {
  const id = named("cell");
  const cell = data.cells.find((one) => one.id === id);
  const versus = named("compare");
  document.title = cell ? `${nameOf(cell)} · ${data.title}` : data.title;
  const is_matrix = cell === undefined && versus === undefined;
  document.body.className = is_matrix ? "all" : "one";
  fill(
    page,
    el("a", { class: "skip", href: location.hash || "#/", onclick: toMain }, "To the results"),
    pageHead(data, is_matrix),
    cell
      ? cellView(data, cell)
      : versus === undefined
        ? matrixView(data, filter)
        : versusView(data, versus.split("|")),
  );
  scrollTo(0, is_matrix ? scrolled : 0);
  if (!is_matrix) document.querySelector<HTMLElement>("h1")?.focus({ preventScroll: true });
}

function toMain(event: Event): void {
  event.preventDefault();
  document.querySelector<HTMLElement>("#main a, #main button")?.focus();
}

addEventListener("scroll", () => {
  if (document.body.className === "all") scrolled = scrollY;
});
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "/" && !isTyping(event)) {
    const search = document.getElementById("search");
    if (search) event.preventDefault();
    search?.focus();
  }
  if (event.key === "Escape") {
    if (document.body.className === "one") location.hash = "#/";
    else (event.target as HTMLElement).blur();
  }
});

const filter = noFilter();
void readData().then((data) => {
  addEventListener("hashchange", () => show(data, filter));
  show(data, filter);
});
