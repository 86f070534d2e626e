/** Steps through the moments of a story: by a slider, buttons, the arrow keys, or automatically. */
import type { Story } from "../page-data.ts";
import { el } from "./dom.ts";
import { isTyping } from "./keys.ts";

const beat_ms = 1100;

export interface Scrubber {
  readonly element: HTMLElement;
  /** To a moment, from 0. */
  go(moment: number): void;
}

/** @param show is called with each moment; at first, with the last one */
export function scrubber({ moments, steps }: Story, show: (moment: number) => void): Scrubber {
  const last = moments.length - 1;
  let at = last;
  let playing: ReturnType<typeof setInterval> | undefined;
  const stop = (): void => {
    clearInterval(playing);
    playing = undefined;
    play.textContent = "Play";
  };
  const go = (moment: number): void => {
    at = Math.min(last, Math.max(0, moment));
    slider.value = String(at);
    const { step, is } = moments[at] ?? { step: 0, is: "whole" };
    const what = is === "sent" ? "waits" : is === "done" ? "goes on" : "";
    const who = `client ${steps[step]?.client ?? ""}`;
    slider.setAttribute("aria-valuetext", `${at + 1} of ${last + 1}: ${who} ${what}`);
    place.textContent = `${at + 1} / ${last + 1}`;
    back.disabled = at === 0;
    on.disabled = at === last;
    show(at);
  };
  const byHand = (moment: number) => () => {
    stop();
    go(moment);
  };
  const slider = el("input", {
    type: "range",
    min: "0",
    max: String(last),
    "aria-label": "Step",
    oninput: () => byHand(Number(slider.value))(),
  });
  const button = (text: string, label: string, action: () => void): HTMLButtonElement =>
    el("button", { type: "button", "aria-label": label, title: label, onclick: action }, text);
  const back = button("‹", "One step back (left arrow)", () => byHand(at - 1)());
  const on = button("›", "One step on (right arrow)", () => byHand(at + 1)());
  const play = button("Play", "Step by step by itself", () => {
    if (playing) return stop();
    if (at === last) go(0);
    play.textContent = "Pause";
    playing = setInterval(() => {
      if (at >= last || !element.isConnected) stop();
      else go(at + 1);
    }, beat_ms);
  });
  const place = el("span", { class: "place" });
  const element = el("div", { class: "scrubber" }, back, on, play, slider, place);
  const onKey = (event: KeyboardEvent): void => {
    if (!element.isConnected) return removeEventListener("keydown", onKey);
    const is_elsewhere = isTyping(event) || (event.target as Element).closest?.(".timeline, input");
    if (is_elsewhere || event.ctrlKey || event.metaKey || event.altKey) return;
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    byHand(to)();
  };
  addEventListener("keydown", onKey);
  go(last);
  return { element, go: (moment) => byHand(moment)() };
}
