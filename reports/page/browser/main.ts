/** Reads the data in the page and shows what its address names: the matrix, or one cell. */
import type { PageData } from "../page-data.ts";
import { cellView } from "./cell-view.ts";
import { el, fill } from "./dom.ts";
import { noFilter } from "./filter.ts";
import { isTyping } from "./keys.ts";
import { matrixView } from "./matrix-view.ts";
import { pageHead } from "./page-head.ts";
import { nameOf } from "./signs.ts";

const data = JSON.parse(document.getElementById("data")!.textContent) as PageData;
const page = document.getElementById("page")!;
const filter = noFilter();
let scrolled = 0;

function show(): void {
  const id = /^#\/cell\/(.+)$/.exec(location.hash)?.[1];
  const cell = id === undefined ? undefined : data.cells.find((one) => one.id === decoded(id));
  document.title = cell ? `${nameOf(cell)} · ${data.title}` : data.title;
  document.body.className = cell ? "one" : "all";
  fill(
    page,
    el("a", { class: "skip", href: location.hash || "#/", onclick: toMain }, "To the results"),
    pageHead(data, cell),
    cell ? cellView(data, cell) : matrixView(data, filter),
  );
  scrollTo(0, cell ? 0 : scrolled);
  if (cell) document.querySelector<HTMLElement>("h1")?.focus({ preventScroll: true });
}

function toMain(event: Event): void {
  event.preventDefault();
  document.querySelector<HTMLElement>("#main a, #main button")?.focus();
}

/** Never throws: the address may be anything. */
function decoded(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}

addEventListener("hashchange", show);
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
show();
