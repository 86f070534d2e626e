/** What was tried to mend a race: only what was proved is called safe. */
import type { PageRepair } from "../page-data.ts";
import { el } from "./dom.ts";
import { badge } from "./signs.ts";

const heads = ["repair, tried on the wire", "race gone?", "errors to retry", "throughput"];

export function repairsView(repairs: readonly PageRepair[]): HTMLElement {
  return el(
    "section",
    { class: "repairs" },
    el("h2", {}, "What would mend it"),
    el(
      "table",
      {},
      el("thead", {}, el("tr", {}, ...heads.map((head) => el("th", { scope: "col" }, head)))),
      el(
        "tbody",
        {},
        ...repairs.map(({ repair, sign, gone, errors, throughput }) =>
          el(
            "tr",
            {},
            el("th", { scope: "row" }, badge(sign), el("span", {}, repair)),
            el("td", {}, gone),
            el("td", {}, errors),
            el("td", {}, throughput),
          ),
        ),
      ),
    ),
  );
}
