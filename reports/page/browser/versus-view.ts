/** Two databases side by side: each way that both have, with a pair of signs for each level; what differs is marked. */
import { groups } from "../../groups.ts";
import type { PageCell, PageData } from "../page-data.ts";
import { el, fill } from "./dom.ts";
import { cellLink } from "./matrix-view.ts";
import { linkToVersus } from "./signs.ts";
import { toggle } from "./toggle.ts";
import { type Versus, versus } from "./versus.ts";

/** @param names of the two databases, from the address, so they may be anything */
export function versusView(data: PageData, [left, right]: readonly string[]): HTMLElement {
  const backends = [...new Set(data.cells.map(({ backend }) => backend))];
  const known = (name: string | undefined, other: number): string =>
    backends.find((one) => one === name) ?? backends[other] ?? backends[0] ?? "";
  const names = [known(left, 0), known(right, 1)] as const;
  const servers = names.map(
    (name) => data.cells.find(({ backend }) => backend === name)?.server ?? name,
  );
  const found = versus(data, names);
  const tables = el("div", { class: "versus" });
  const draw = (only_different: boolean): void => {
    const shown = found.shared.filter(
      ({ pairs }) => !only_different || pairs.some(({ differs }) => differs),
    );
    fill(
      tables,
      ...groups(shown, ({ workload }) => workload).map(([workload, ways]) =>
        el("section", {}, el("h2", {}, workload), table(ways, names)),
      ),
    );
  };
  draw(false);
  return el(
    "main",
    { class: "cell-view", id: "main" },
    el("h1", { tabindex: "-1" }, servers.join(" and ")),
    el(
      "p",
      { class: "choices" },
      chooser("First database", backends, names[0], (name) => [name, names[1]]),
      chooser("Second database", backends, names[1], (name) => [names[0], name]),
      toggle("chip", false, draw, "Only what differs"),
    ),
    el("p", { class: "sentence" }, ...countText(found)),
    found.shared.length > 0 &&
      el("p", { class: "only" }, `In each pair, left is ${servers[0]!}, right ${servers[1]!}.`),
    tables,
    ...found.only.map((cells, i) => onlyOn(servers[i]!, cells)),
  );
}

function chooser(
  label: string,
  backends: readonly string[],
  chosen: string,
  names: (name: string) => readonly [string, string],
): HTMLElement {
  const select = el(
    "select",
    {
      "aria-label": label,
      onchange: () => {
        location.hash = linkToVersus(...names(select.value));
      },
    },
    ...backends.map((name) => el("option", { value: name, selected: name === chosen }, name)),
  );
  return select;
}

function countText({ shared }: Versus) {
  if (shared.length === 0) return ["They have no way in common."];
  const pairs = shared.flatMap(({ pairs }) => pairs);
  const differ = pairs.filter(({ differs }) => differs).length;
  const ways = shared.filter(({ pairs }) => pairs.some(({ differs }) => differs)).length;
  const both = `${shared.length} ${shared.length === 1 ? "way is" : "ways are"} on both`;
  if (differ === 0) return [`${both}, with the same results.`];
  const how = `${ways} ${ways === 1 ? "differs" : "differ"}`;
  return [`${both}; `, el("em", {}, how), ` in ${differ} of ${pairs.length} results.`];
}

function table(ways: Versus["shared"], names: readonly [string, string]): HTMLElement {
  const levels = [...new Set(ways.flatMap(({ pairs }) => pairs.map(({ level }) => level)))];
  return el(
    "table",
    { "aria-label": `${names[0]} and ${names[1]}` },
    el(
      "thead",
      {},
      el(
        "tr",
        {},
        el("th", { scope: "col" }, "way"),
        ...levels.map((level) => el("th", { scope: "col" }, level || "result")),
      ),
    ),
    el(
      "tbody",
      {},
      ...ways.map(({ way, pairs }) =>
        el(
          "tr",
          {},
          el("th", { scope: "row" }, way),
          ...levels.map((level) => {
            const pair = pairs.find((one) => one.level === level);
            if (pair === undefined) return el("td");
            const links = pair.cells.map((cell) => cellLink(cell, 0));
            return el("td", { class: pair.differs ? "differs" : undefined }, ...links);
          }),
        ),
      ),
    ),
  );
}

function onlyOn(name: string, cells: readonly PageCell[]): HTMLElement | undefined {
  if (cells.length === 0) return undefined;
  const named = cells.map(({ workload, way }) => `${way} (${workload})`);
  return el("p", { class: "only" }, el("b", {}, `Only on ${name}: `), `${named.join(", ")}.`);
}
