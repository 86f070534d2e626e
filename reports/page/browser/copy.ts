import { el } from "./dom.ts";

const said_ms = 1500;

/** Also where the page has no clipboard of its own, as from a disk in some browsers. */
export function copyButton(text: string, label: string): HTMLElement {
  const button = el(
    "button",
    {
      type: "button",
      class: "copy",
      "aria-live": "polite",
      onclick: () =>
        void copy(text).then((is_copied) => {
          button.textContent = is_copied ? "Copied" : "Select and copy it";
          setTimeout(() => (button.textContent = label), said_ms);
        }),
    },
    label,
  );
  return button;
}

async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = el("textarea", { class: "aside", "aria-hidden": "true" });
    area.value = text;
    document.body.append(area);
    area.select();
    const is_copied = document.execCommand("copy");
    area.remove();
    return is_copied;
  }
}
