/** Where the step of a moment comes from: its line in the user's code, and those around it. */
import type { Story, StoryStep } from "../page-data.ts";
import { el, fill } from "./dom.ts";

interface CodePanel {
  readonly element: HTMLElement;
  show(moment: number): void;
}

export function codePanel({ steps, moments }: Story): CodePanel {
  const element = el("div", { class: "source" });
  return {
    element,
    show(at) {
      const step = steps[moments[at]?.step ?? -1];
      if (step?.from === undefined) fill(element);
      else fill(element, el("h3", {}, "Where it comes from"), ...where(step.from));
    },
  };
}

function where({ place, line, excerpt }: NonNullable<StoryStep["from"]>): HTMLElement[] {
  const head = el("p", { class: "place" }, place);
  if (excerpt === undefined) return [head];
  const { first, lines } = excerpt;
  const code = lines.map((text, i) =>
    el(
      "span",
      { class: first + i === line ? "line marked" : "line" },
      el("span", { class: "number" }, String(first + i)),
      text,
      "\n",
    ),
  );
  return [head, el("pre", { tabindex: "0", "aria-label": "The code around it" }, ...code)];
}
