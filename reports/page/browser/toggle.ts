import { el } from "./dom.ts";

/** A button that is on or off. */
export function toggle(
  kind: string,
  is_on: boolean,
  turned: (on: boolean) => void,
  ...children: readonly (Node | string)[]
): HTMLElement {
  const button = el(
    "button",
    {
      type: "button",
      class: kind,
      "aria-pressed": String(is_on),
      onclick: () => {
        const on = button.getAttribute("aria-pressed") !== "true";
        button.setAttribute("aria-pressed", String(on));
        turned(on);
      },
    },
    ...children,
  );
  return button;
}
