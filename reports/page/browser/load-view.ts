/** A load: its verdict and figures, throughput and latency over time, and the operations as bars. */
import type { LoadDrawing, PageLoad } from "../page-data.ts";
import { chart } from "./chart.ts";
import { el } from "./dom.ts";
import { badge } from "./signs.ts";
import { timeline } from "./timeline.ts";

export function loadView({ verdict, reason, figures, drawn, left_out }: PageLoad): HTMLElement {
  const sign = verdict === "valid" ? "safe" : verdict === "invalid" ? "wrong" : "unknown";
  return el(
    "section",
    { class: "load" },
    el("h2", {}, "Under load"),
    el("p", { class: "verdict small" }, badge(sign), el("span", {}, reason)),
    el(
      "dl",
      { class: "figures" },
      ...figures.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))),
    ),
    drawn ? pictures(drawn) : el("p", { class: "ran" }, left_out ?? ""),
  );
}

function pictures(drawn: LoadDrawing): HTMLElement {
  const { slice_ms, elapsed_ms, faults } = drawn;
  const around = { slice_ms, elapsed_ms, faults };
  const per_s = drawn.ended.map((count) => (1000 * count) / slice_ms);
  const throughput = chart({
    ...around,
    name: "operations a second",
    lines: [{ name: "acknowledged", values: per_s, area: true }],
  });
  const latency = chart({
    ...around,
    name: "latency, ms",
    lines: [
      { name: "slowest", values: drawn.max_ms },
      { name: "half within", values: drawn.p50_ms },
    ],
  });
  const bars = timeline(drawn, (from_ms, to_ms) => {
    throughput.zoom(from_ms, to_ms);
    latency.zoom(from_ms, to_ms);
  });
  return el("div", { class: "pictures" }, throughput.element, latency.element, bars);
}
