/** What is in the database at a moment, and what each client believes is there. */
import type { DataPlace, PlaceState, Story } from "../page-data.ts";
import { el, fill } from "./dom.ts";

export interface StatePanel {
  readonly element: HTMLElement;
  show(moment: number): void;
}

export function statePanel({ places, moments, clients, steps }: Story): StatePanel {
  const body = el("tbody");
  const numbers = Array.from({ length: clients }, (_, i) => i + 1);
  const table = el(
    "table",
    { class: "state" },
    el(
      "thead",
      {},
      el(
        "tr",
        {},
        el("td"),
        el("th", { scope: "col" }, "in the database"),
        ...numbers.map((client) => el("th", { scope: "col" }, `client ${client} knows`)),
      ),
    ),
    body,
  );
  const element =
    places.length === 0
      ? el("div")
      : el("div", {}, el("h3", {}, "The database at this step"), table);
  return {
    element,
    show(moment) {
      const now = moments[moment]?.state ?? [];
      const before = moments[moment - 1]?.state;
      const later = new Set(moments.slice(moment + 1).map(({ step }) => steps[step]?.client));
      fill(
        body,
        ...places.map((place, i) => {
          const state = now[i] ?? {};
          const beliefs = numbers.map((client) => known(client, state, later.has(client)));
          return row(place, state, before?.[i], beliefs);
        }),
      );
    },
  };
}

function row(
  { row, column }: DataPlace,
  now: PlaceState,
  before: PlaceState | undefined,
  beliefs: readonly HTMLElement[],
): HTMLElement {
  const is_new = before !== undefined && JSON.stringify(before.value) !== JSON.stringify(now.value);
  return el(
    "tr",
    {},
    el(
      "th",
      { scope: "row" },
      el("span", {}, row),
      column === "" ? undefined : el("b", {}, column),
    ),
    el(
      "td",
      { class: `stored${is_new ? " changed" : ""}` },
      el("b", { class: now.value === undefined ? "not-known" : "" }, now.value ?? "not known"),
      ...(now.open ?? []).map(({ client, value }) =>
        el("span", { class: "open" }, `${value} by client ${client}, not committed`),
      ),
    ),
    ...beliefs,
  );
}

/** @param goes_on whether the client still has steps to take: then it matters what it believes */
function known(client: number, { value, open, known }: PlaceState, goes_on: boolean): HTMLElement {
  const mine = known?.find((one) => one.client === client)?.value;
  if (mine === undefined) return el("td", { class: "knows" }, "–");
  const own = open?.some((one) => one.client === client) ?? false;
  const is_old = goes_on && !own && value !== undefined && mine !== value;
  return el(
    "td",
    { class: `knows${is_old ? " old" : ""}` },
    mine,
    is_old && el("span", {}, "out of date"),
  );
}
