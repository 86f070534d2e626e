/** Replaces characters that are invisible, control a terminal, or reverse the text by visible signs. */
export function visible(text: string): string {
  return text.replace(
    // oxlint-disable-next-line no-control-regex
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    (char) => {
      const code = char.charCodeAt(0);
      return code < 32
        ? String.fromCharCode(0x2400 + code)
        : `⟨${code.toString(16).padStart(4, "0")}⟩`;
    },
  );
}
