/** The factor of each zoom step. */
export const factor = 1.6;

export interface Moves {
  /** @param around the point that stays in place, from 0 = left to 1 = right */
  readonly zoom: (by: number, around?: number) => void;
  /** @param share how far to the right, as a share of the visible range */
  readonly move: (share: number) => void;
  readonly all: () => void;
}

/** The wheel (with Shift, or after a click), dragging, and keys. */
export function listen(frame: HTMLElement, picture: SVGElement, { zoom, move, all }: Moves): void {
  const share = (event: MouseEvent): number => {
    const { left, width } = picture.getBoundingClientRect();
    return Math.min(1, Math.max(0, (event.clientX - left) / width));
  };
  picture.addEventListener(
    "wheel",
    (event) => {
      // Scrolling past the timeline must not zoom it.
      if (!event.ctrlKey && !event.shiftKey && document.activeElement !== frame) return;
      event.preventDefault();
      zoom(event.deltaY > 0 ? factor : 1 / factor, share(event));
    },
    { passive: false },
  );
  let held: number | undefined;
  picture.addEventListener("pointerdown", (event) => {
    held = share(event);
    picture.setPointerCapture(event.pointerId);
  });
  picture.addEventListener("pointermove", (event) => {
    if (held === undefined || event.buttons === 0) return;
    move(held - share(event));
    held = share(event);
  });
  picture.addEventListener("pointerup", () => (held = undefined));
  frame.addEventListener("keydown", ({ key }) => {
    if (key === "+" || key === "=") zoom(1 / factor);
    if (key === "-") zoom(factor);
    if (key === "0") all();
    if (key === "ArrowLeft") move(-0.2);
    if (key === "ArrowRight") move(0.2);
  });
}
