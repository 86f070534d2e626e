/**
 * The interleaving as a sequence diagram: a column for each client, a row for each moment, waits as bars between
 * two moments.
 */
import type { Moment, Said, Story, StoryStep } from "../page-data.ts";
import { arrow } from "./arrow.ts";
import { el } from "./dom.ts";

export interface Picture {
  readonly element: HTMLElement;
  /** Dims everything later than this moment. */
  show(moment: number): void;
}

/** One row for the names of the clients. */
const head_rows = 1;

/** @param choose is called with the moment that was clicked */
export function diagram(story: Story, choose: (moment: number) => void): Picture {
  const { clients, steps, moments } = story;
  const grid = el("ol", { class: "diagram", "aria-label": "Interleaving" });
  grid.style.setProperty("--clients", String(clients));
  for (let client = 1; client <= clients; client++) {
    const line = el("li", { class: "lane", "aria-hidden": "true" }, `client ${client}`);
    place(line, client, 1, moments.length + head_rows + 1);
    grid.append(line);
  }
  const cards = moments.map((moment, row) => {
    const step = steps[moment.step]!;
    const card = el("li", { class: cardClass(step, moment) }, ...contents(step, moment, story));
    card.addEventListener("click", () => choose(row));
    place(card, step.client, row + head_rows + 1, row + head_rows + 2);
    grid.append(card);
    return card;
  });
  for (const [row, { step, is }] of moments.entries()) {
    if (is !== "sent") continue;
    const until = moments.findIndex((other) => other.is === "done" && other.step === step);
    if (until < row) continue;
    const bar = el("li", { class: "waiting", "aria-hidden": "true" });
    place(bar, steps[step]!.client, row + head_rows + 1, until + head_rows + 1);
    grid.prepend(bar);
  }
  const element = el("div", { class: "picture" }, grid);
  const cardOf = (step: number): HTMLElement | undefined =>
    cards[moments.findLastIndex((moment) => moment.step === step)];
  const from = steps.findIndex(({ part }) => part?.is === "overwrites");
  const to = steps[from]?.part?.step;
  const drawn = to === undefined ? undefined : arrow(element, cardOf(from), cardOf(to));
  return {
    element,
    show(at) {
      for (const [row, card] of cards.entries()) {
        card.classList.toggle("later", row > at);
        card.classList.toggle("now", row === at);
        if (row === at) card.setAttribute("aria-current", "step");
        else card.removeAttribute("aria-current");
      }
      const is_there = moments.findLastIndex(({ step }) => step === from) <= at;
      drawn?.classList.toggle("later", !is_there);
    },
  };
}

function place(element: HTMLElement, client: number, from: number, to: number): void {
  element.style.gridColumn = String(client);
  element.style.gridRow = `${from} / ${to}`;
}

const cardClass = ({ kind, part, error, fault }: StoryStep, { is }: Moment): string =>
  [
    "step",
    kind,
    is,
    part && is !== "sent" && part.is.replaceAll(" ", "-"),
    error !== undefined && "failed",
    fault !== undefined && "faulty",
  ]
    .filter(Boolean)
    .join(" ");

function contents(step: StoryStep, { is }: Moment, { steps }: Story) {
  const { statement, waits, client, fault, from } = step;
  const who = el("span", { class: "who" }, `client ${client}: `);
  const said = el("code", {}, statement);
  if (is === "done") {
    const by = waits?.until === undefined ? undefined : steps[waits.until]?.client;
    const because = by === undefined ? "" : ` after client ${by}`;
    return [who, el("p", { class: "wait" }, `goes on${because}`), ...answer(step)];
  }
  return [
    who,
    fault !== undefined && el("p", { class: "fault" }, `⚡ ${fault}`),
    said,
    from && el("p", { class: "from" }, lastPart(from.place)),
    waits && el("p", { class: "wait" }, `waits for ${waits.whom}`),
    ...(is === "sent" ? [] : answer(step)),
  ];
}

/** `src/bank.ts:9:12` without folders and column. */
const lastPart = (place: string): string =>
  place.replace(/^.*[\\/](?=.*:\d+:\d+$)/, "").replace(/:\d+$/, "");

function answer({ kind, answer, error, reads, writes, part }: StoryStep) {
  // For the begin or end of a transaction, "OK" is not worth showing.
  const is_edge = kind === "begin" || kind === "commit" || kind === "rollback";
  const values = [
    ...reads.map((one) => value("read", one)),
    ...writes.map((one) => value("wrote", one)),
  ];
  return [
    error !== undefined && el("p", { class: "error" }, `error ${error}`),
    error === undefined &&
      !is_edge &&
      values.length === 0 &&
      answer !== undefined &&
      el("p", { class: "answer" }, `→ ${answer}`),
    values.length > 0 && el("p", { class: "values" }, ...values),
    part && el("p", { class: "part" }, part.text),
  ];
}

const value = (did: "read" | "wrote", { name, value }: Said): HTMLElement =>
  el(
    "span",
    { class: `value ${did}` },
    `${did} `,
    el("b", {}, name === "" ? value : `${name} = ${value}`),
  );
