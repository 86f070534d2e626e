import type { PageData } from "../page-data.ts";

/** What the page shows; it is compressed in the file (see html.ts). */
export async function readData(): Promise<PageData> {
  const packed = atob(document.getElementById("data")!.textContent);
  const bytes = Uint8Array.from(packed, (char) => char.charCodeAt(0));
  const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return (await new Response(plain).json()) as PageData;
}
