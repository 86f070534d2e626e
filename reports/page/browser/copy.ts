import { el } from "./dom.ts";

const said_ms = 1500;

/** Also works when the page may not use the clipboard, as in some browsers when it is opened from disk. */
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
