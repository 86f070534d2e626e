/** One cell: what was measured and declared, how it goes wrong step by step, what is safe instead, the load. */

import { isSafe, sign_words } from "../../signs.ts";
import type { PageCell, PageData, PageExploration } from "../page-data.ts";
import { el, fill } from "./dom.ts";
import { loadView } from "./load-view.ts";
import { repairsView } from "./repairs-view.ts";
import { badge, linkTo, nameOf } from "./signs.ts";
import { storyView } from "./story-view.ts";

export function cellView(data: PageData, cell: PageCell): HTMLElement {
  const { workload, way, server, level, sign, word } = cell;
  return el(
    "main",
    { class: `cell-view ${sign}`, id: "main" },
    el("p", { class: "where" }, `${workload} · ${server}${level ? ` · ${level.name}` : ""}`),
    el("h1", { tabindex: "-1" }, way),
    el(
      "p",
      { class: "verdict" },
      badge(sign),
      el("strong", {}, isSafe(sign) ? sign_words[sign] : word),
      sign === "retry" && el("span", {}, word),
    ),
    promised(cell),
    siblings(data, cell),
    explorations(cell),
    instead(data, cell),
    cell.load && loadView(cell.load),
  );
}

function promised({ declared, conclusion, remarks, before }: PageCell): HTMLElement | undefined {
  if (declared === undefined) return undefined;
  const was = before && (before === "new" ? "not in the run before" : `before: ${before.word}`);
  return el(
    "div",
    { class: `promised ${conclusion.replaceAll(" ", "-")}` },
    el("p", {}, `Declared: ${declared}. `, el("b", {}, `Measured: ${conclusion}.`)),
    ...remarks.map((remark) => el("p", { class: "remark" }, remark)),
    was && el("p", { class: "remark" }, was),
  );
}

/** The same way at other levels, and on other databases. */
function siblings({ cells }: PageData, cell: PageCell): HTMLElement | undefined {
  const same = cells.filter(({ workload, way }) => workload === cell.workload && way === cell.way);
  if (same.length < 2) return undefined;
  return el(
    "nav",
    { class: "siblings", "aria-label": "The same way elsewhere" },
    ...same.map((one) =>
      el(
        "a",
        {
          href: linkTo(one),
          class: "sibling",
          "aria-current": one === cell ? "page" : undefined,
          title: `${nameOf(one)}: ${one.word}`,
        },
        badge(one.sign),
        el(
          "span",
          {},
          one.backend === cell.backend
            ? (one.level?.short ?? one.backend)
            : `${one.backend}${one.level ? ` ${one.level.short}` : ""}`,
        ),
      ),
    ),
  );
}

/** A tab for each exploration: what was run, and its smallest failing interleaving or one that ends well. */
function explorations({ explored }: PageCell): HTMLElement | undefined {
  if (explored.length === 0) return undefined;
  const failed = explored.filter(({ story }) => story?.again);
  const shown = el("div", { class: "shown" });
  const buttons = explored.map((one) => {
    const button = el(
      "button",
      { type: "button", class: "tab", onclick: () => choose(one), "aria-pressed": "false" },
      badge(one.sign),
      el("span", {}, one.name),
    );
    return { one, button };
  });
  const choose = (chosen: PageExploration): void => {
    for (const { one, button } of buttons)
      button.setAttribute("aria-pressed", String(one === chosen));
    const { story, text, repairs } = chosen;
    fill(
      shown,
      el("p", { class: "ran" }, text),
      story && storyView(story),
      repairs && repairsView(repairs),
    );
  };
  choose(failed[0] ?? explored.find(({ story }) => story) ?? explored[0]!);
  return el(
    "section",
    { class: "explored" },
    el("h2", {}, "Interleavings"),
    el("div", { class: "tabs" }, ...buttons.map(({ button }) => button)),
    shown,
  );
}

/**
 * Other ways to write the same, on the same server at the same level, in which nothing went wrong. Programs of one's own
 * are not about the same thing.
 */
function instead({ cells }: PageData, cell: PageCell): HTMLElement | undefined {
  if (isSafe(cell.sign) || cell.declared === undefined) return undefined;
  const safe = cells.filter(
    (one) =>
      isSafe(one.sign) &&
      one.workload === cell.workload &&
      one.server === cell.server &&
      one.level?.name === cell.level?.name,
  );
  if (safe.length === 0) return undefined;
  return el(
    "section",
    { class: "instead" },
    el("h2", {}, "Safe instead"),
    el(
      "p",
      {},
      `Measured on ${cell.server}${cell.level ? ` at ${cell.level.name}` : ""}, in the same way.`,
    ),
    el(
      "ul",
      {},
      ...safe.map((one) =>
        el(
          "li",
          {},
          el("a", { href: linkTo(one) }, badge(one.sign), el("span", {}, one.way)),
          el("span", { class: "how" }, proofOf(one)),
        ),
      ),
    ),
  );
}

function proofOf({ explored, word, sign }: PageCell): string {
  const all = explored.filter(({ complete }) => complete).map(({ name }) => name);
  const retried = sign === "retry" ? `; ${word} must try again` : "";
  return `${all.length > 0 ? `all interleavings: ${all.join(", ")}` : "some interleavings"}${retried}`;
}
