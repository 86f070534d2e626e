/**
 * Lines over time, drawn without a library: there are only sixty points, and plain SVG takes its colours from the
 * style sheet, also in dark mode and on paper.
 */
import type { LoadDrawing } from "../page-data.ts";
import { el, fill, svg } from "./dom.ts";

export interface ChartOptions extends Pick<LoadDrawing, "slice_ms" | "elapsed_ms" | "faults"> {
  readonly name: string;
  readonly lines: readonly {
    readonly name: string;
    readonly values: readonly (number | null)[];
    readonly area?: boolean;
  }[];
}

export interface Chart {
  readonly element: HTMLElement;
  zoom(from_ms: number, to_ms: number): void;
}

export const width = 1000;
const height = 120;
const gap = 6;

export function chart(options: ChartOptions): Chart {
  const { name, lines, elapsed_ms } = options;
  const all = lines.flatMap(({ values }) => values).filter((value) => value !== null);
  const most = Math.max(1e-9, ...all);
  const picture = svg("svg", {
    viewBox: `0 0 ${width} ${height}`,
    preserveAspectRatio: "none",
    role: "img",
    "aria-label": `${name} over time; the most is ${rounded(most)}`,
  });
  const zoom = (from_ms: number, to_ms: number): void => {
    const x = (ms: number): number => ((ms - from_ms) / (to_ms - from_ms)) * width;
    const y = (value: number): number => height - (value / most) * (height - gap);
    fill(
      picture,
      ...faultBands(options.faults, x, height),
      ...lines.flatMap((line, i) => paths(line, i, options.slice_ms, x, y)),
    );
  };
  zoom(0, elapsed_ms);
  const legend = lines.map((line, i) => el("span", { class: `key line-${i}` }, line.name));
  return {
    element: el(
      "figure",
      { class: "chart" },
      el(
        "figcaption",
        {},
        el("b", {}, name),
        ...legend,
        el("span", { class: "most" }, `top: ${rounded(most)}`),
      ),
      picture,
    ),
    zoom,
  };
}

/** When something was broken on purpose. */
export const faultBands = (
  faults: LoadDrawing["faults"],
  x: (ms: number) => number,
  height: number,
): SVGElement[] =>
  faults.map(({ kind, from_ms, to_ms }) =>
    svg(
      "rect",
      {
        class: "fault-band",
        x: x(from_ms),
        y: 0,
        width: Math.max(2, x(to_ms) - x(from_ms)),
        height,
      },
      svg("title", {}, kind),
    ),
  );

/** One point for each slice; a gap where no operation ended. */
function paths(
  { values, area = false }: ChartOptions["lines"][number],
  number: number,
  slice_ms: number,
  x: (ms: number) => number,
  y: (value: number) => number,
): SVGElement[] {
  let line = "";
  let is_down = false;
  for (const [i, value] of values.entries()) {
    if (value !== null)
      line += `${is_down ? "L" : "M"}${x((i + 0.5) * slice_ms).toFixed(1)} ${y(value).toFixed(1)}`;
    is_down = value !== null;
  }
  const drawn = svg("path", { class: `line line-${number}`, d: line });
  if (!area || line === "") return [drawn];
  const under = `${line}L${x((values.length - 0.5) * slice_ms)} ${height}L${x(0.5 * slice_ms)} ${height}Z`;
  return [svg("path", { class: "area", d: under }), drawn];
}

export const rounded = (value: number): string =>
  value >= 100 ? String(Math.round(value)) : value.toPrecision(3).replace(/\.?0+$/, "");
