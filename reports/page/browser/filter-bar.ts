import { type Sign, sign_order, sign_words } from "../../signs.ts";
import type { PageData } from "../page-data.ts";
import { el } from "./dom.ts";
import type { Filter } from "./filter.ts";
import { badge } from "./signs.ts";
import { toggle } from "./toggle.ts";

/** The counts of all signs, which are also filters; the search; databases and workloads. */
export function filterBar(data: PageData, filter: Filter, changed: () => void): HTMLElement {
  const counts = sign_order
    .map((sign) => ({ sign, count: data.cells.filter((cell) => cell.sign === sign).length }))
    .filter(({ count }) => count > 0);
  const search = el("input", {
    type: "search",
    id: "search",
    placeholder: "Search ways, databases, statements   /",
    "aria-label": "Search",
    autocomplete: "off",
    spellcheck: "false",
    oninput: () => {
      filter.words = search.value;
      changed();
    },
  });
  search.value = filter.words;
  return el(
    "div",
    { class: "filters" },
    el(
      "div",
      { class: "tallies", role: "group", "aria-label": "Results" },
      ...counts.map(({ sign, count }) => tally(sign, count, filter, changed)),
      ...special(data, filter, changed),
    ),
    el(
      "div",
      { class: "search" },
      search,
      chips("Workloads", names(data, "workload"), filter.workloads, changed),
      chips("Databases", names(data, "backend"), filter.backends, changed),
    ),
  );
}

function tally(sign: Sign, count: number, { signs }: Filter, changed: () => void): HTMLElement {
  return toggle(
    "tally",
    signs.has(sign),
    (on) => {
      if (on) signs.add(sign);
      else signs.delete(sign);
      changed();
    },
    badge(sign),
    el("b", {}, String(count)),
    el("span", {}, sign_words[sign]),
  );
}

/** Filters for what needs a look: cells that are not as declared, or not as before. */
function special(data: PageData, filter: Filter, changed: () => void): HTMLElement[] {
  const different = data.cells.filter(({ conclusion }) => conclusion !== "as declared").length;
  const news = data.cells.filter(({ before }) => before !== undefined).length;
  const made: HTMLElement[] = [];
  if (different > 0)
    made.push(
      toggle(
        "tally alarm",
        filter.different,
        (on) => {
          filter.different = on;
          changed();
        },
        el("b", {}, String(different)),
        el("span", {}, "not as declared"),
      ),
    );
  if (data.before)
    made.push(
      toggle(
        "tally",
        filter.changed,
        (on) => {
          filter.changed = on;
          changed();
        },
        el("b", {}, String(news)),
        el("span", {}, `changed since ${data.before.name}`),
      ),
    );
  return made;
}

function chips(
  label: string,
  all: readonly string[],
  chosen: Set<string>,
  changed: () => void,
): HTMLElement | undefined {
  if (all.length < 2) return undefined;
  return el(
    "div",
    { class: "chips", role: "group", "aria-label": label },
    ...all.map((name) =>
      toggle(
        "chip",
        chosen.has(name),
        (on) => {
          if (on) chosen.add(name);
          else chosen.delete(name);
          changed();
        },
        name,
      ),
    ),
  );
}

const names = ({ cells }: PageData, field: "workload" | "backend"): string[] => [
  ...new Set(cells.map((cell) => cell[field])),
];
