/** All cells: a section for each workload, a card for each server, a row for each strategy, a column for each level. */
import { groups } from "../../groups.ts";
import { isSafe, type Sign, sign_words } from "../../signs.ts";
import type { PageCell, PageData } from "../page-data.ts";
import { inColumns } from "./columns.ts";
import { el, fill } from "./dom.ts";
import { type Filter, isShown } from "./filter.ts";
import { filterBar } from "./filter-bar.ts";
import { moveWithArrows } from "./keys.ts";
import { badge, linkTo, linkToVersus, nameOf } from "./signs.ts";

export function matrixView(data: PageData, filter: Filter): HTMLElement {
  const results = el("div", { class: "results" });
  const draw = (): void => {
    const shown = data.cells.filter((cell) => isShown(cell, filter));
    fill(
      results,
      el("p", { class: "count", role: "status" }, countText(shown.length, data.cells.length)),
      ...groups(shown, ({ workload }) => workload).map(([name, cells]) => section(name, cells)),
    );
  };
  draw();
  return el(
    "main",
    { class: "matrix", id: "main" },
    el("p", { class: "answer-line" }, ...answerOf(data)),
    filterBar(data, filter, draw),
    legend(data),
    data.before !== undefined &&
      data.before.gone.length > 0 &&
      el(
        "p",
        { class: "notice" },
        el("strong", {}, `In ${data.before.name}, but not here: `),
        data.before.gone.join(", "),
      ),
    ...data.not_run.map(({ backend, reason }) =>
      el("p", { class: "notice" }, el("strong", {}, `${backend} did not run. `), reason),
    ),
    data.interrupted &&
      el("p", { class: "notice" }, "Interrupted: this is only what was done until then."),
    results,
  );
}

/** What the short words in the tables mean, and the way to two databases side by side. */
function legend({ cells }: PageData): HTMLElement {
  const levels = new Map(cells.flatMap(({ level }) => (level ? [[level.short, level.name]] : [])));
  const [one, other] = new Set(cells.map(({ backend }) => backend));
  const are_own = cells.every(({ declared }) => declared === undefined);
  const row = are_own ? "A row is one program." : "A row is one way to write the operation.";
  return el(
    "p",
    { class: "legend" },
    el("span", {}, `${row} Open a sign to see why.`),
    ...[...levels].map(([short, name]) => el("span", {}, el("b", {}, short), ` ${name}`)),
    one !== undefined &&
      other !== undefined &&
      el("a", { href: linkToVersus(one, other) }, "Two databases side by side"),
  );
}

/** The result of the run in a sentence. */
function answerOf({ cells }: PageData) {
  const count = (...signs: readonly Sign[]): number =>
    cells.filter(({ sign }) => signs.includes(sign)).length;
  const [safe, fault, wrong] = [count("safe", "retry"), count("fault"), count("wrong")];
  const different = cells.filter(({ conclusion }) => conclusion === "different").length;
  return [
    `${safe} of ${cells.length} ${cells.length === 1 ? "is" : "are"} safe`,
    wrong > 0 && el("em", {}, `, ${wrong} ${wrong === 1 ? "goes" : "go"} wrong`),
    fault > 0 && `, ${fault} once a reply or a lock is lost`,
    different > 0 ? el("em", {}, `; ${different} not as declared.`) : ".",
  ];
}

const countText = (shown: number, all: number): string =>
  shown === all ? "" : shown === 0 ? "Nothing fits." : `${shown} of ${all} shown`;

/** The height of a card's head, in rows of its table. */
const card_head = 3;

function section(workload: string, cells: readonly PageCell[]): HTMLElement {
  return el(
    "section",
    { class: "workload" },
    el("h2", {}, workload),
    inColumns(
      groups(cells, ({ server }) => server).map(([server, of_server]) => ({
        element: card(workload, server, of_server),
        height: card_head + new Set(of_server.map(({ way }) => way)).size,
      })),
    ),
  );
}

function card(workload: string, server: string, cells: readonly PageCell[]): HTMLElement {
  const levels = groups(cells, ({ level }) => level?.short ?? "").map(([short, [cell]]) => ({
    short,
    name: cell?.level?.name ?? "",
  }));
  const ways = groups(cells, ({ way }) => way);
  const safe = ways.filter(([, all]) => all.every(({ sign }) => isSafe(sign))).length;
  const table = el(
    "table",
    { "aria-label": `${workload} on ${server}` },
    el(
      "thead",
      {},
      el(
        "tr",
        {},
        el("th", { scope: "col" }, cells[0]?.declared === undefined ? "program" : "way"),
        ...levels.map(({ short, name }) =>
          el("th", { scope: "col", class: "level", title: name }, short || "result"),
        ),
      ),
    ),
    el(
      "tbody",
      {},
      ...ways.map(([way, of_way]) =>
        el(
          "tr",
          {},
          el("th", { scope: "row" }, way),
          ...levels.map(({ short }) => {
            const cell = of_way.find(({ level }) => (level?.short ?? "") === short);
            return el("td", {}, cell && cellLink(cell, -1));
          }),
        ),
      ),
    ),
  );
  moveWithArrows(table);
  return el(
    "article",
    { class: "card" },
    el(
      "header",
      {},
      el("h3", {}, server),
      el("span", { class: "share" }, `${safe} of ${ways.length} safe`),
    ),
    table,
  );
}

/** @param tab_index of the link: in a table whose links the arrows reach, -1 */
export function cellLink(cell: PageCell, tab_index: 0 | -1): HTMLElement {
  const { sign, word, conclusion, before } = cell;
  const differs = conclusion === "different" ? "; different from what is declared" : "";
  const was = before === undefined ? "" : before === "new" ? "; new" : `; was ${before.word}`;
  const label = `${nameOf(cell)}: ${sign === "safe" ? sign_words.safe : word}${differs}${was}`;
  return el(
    "a",
    {
      href: linkTo(cell),
      class: `cell${conclusion === "different" ? " different" : ""}${before ? " changed" : ""}`,
      "aria-label": label,
      title: label,
      tabindex: tab_index,
    },
    badge(sign),
  );
}
