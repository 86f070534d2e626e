/** An interleaving: the sentence, the diagram, the scrubber, the database beside it; how to replay one that fails. */
import type { Story } from "../page-data.ts";
import { codePanel } from "./code-panel.ts";
import { copyButton } from "./copy.ts";
import { diagram } from "./diagram.ts";
import { el } from "./dom.ts";
import { scrubber } from "./scrubber.ts";
import { statePanel } from "./state-panel.ts";

export function storyView(story: Story): HTMLElement {
  const { sentence, message, results, again } = story;
  const picture = diagram(story, (moment) => steps.go(moment));
  const state = statePanel(story);
  const code = codePanel(story);
  const steps = scrubber(story, (moment) => {
    picture.show(moment);
    state.show(moment);
    code.show(moment);
  });
  return el(
    "div",
    { class: "story" },
    el("p", { class: "sentence" }, ...withCode(sentence)),
    steps.element,
    el(
      "div",
      { class: "stage" },
      picture.element,
      el(
        "aside",
        {},
        code.element,
        state.element,
        el("h3", {}, "What the operations came to"),
        el("ul", { class: "outcome" }, ...results.map((text) => el("li", {}, text))),
        message !== undefined && el("p", { class: "message" }, message),
      ),
    ),
    again && replayed(again),
  );
}

const replayed = ({ replay, token, counts }: NonNullable<Story["again"]>): HTMLElement =>
  el(
    "div",
    { class: "replay" },
    el("h3", {}, "See it again"),
    command(replay, "Copy the command"),
    token !== "" && !replay.includes(token) && command(token, "Copy the token"),
    el("p", { class: "counts" }, counts),
  );

/** What stands between backticks is a statement. */
const withCode = (sentence: string): (HTMLElement | string)[] =>
  sentence
    .split("`")
    .map((part, i, { length }) => (i % 2 === 1 && i < length - 1 ? el("code", {}, part) : part));

const command = (text: string, label: string): HTMLElement =>
  el("div", { class: "command" }, el("code", {}, text), copyButton(text, label));
