/** The lines to blame for a failure, with the code around them, in plain text. */
import type { Trace } from "../schedules/trace.ts";
import { blamedIn } from "./blame.ts";
import { codeFrame, excerptOf, together } from "./code-frame.ts";
import { narrow } from "./interleaving.ts";
import { placeText } from "./step-place.ts";
import { visible } from "./visible.ts";

/**
 * @param width in characters; longer lines of code are cut around their mark
 * @returns undefined when it is not known where the steps to blame come from
 */
export function blameText(trace: Trace, width: number = narrow): string | undefined {
  const blamed = blamedIn(trace).flatMap(({ row, does }) => {
    const { source } = trace.steps[row]!;
    return source ? [{ does, source }] : [];
  });
  if (blamed.length === 0) return undefined;
  const heads = blamed.map(({ does, source }) => visible(`${placeText(source)} ${does}`));
  const frames = together(blamed.map(({ source }) => source)).flatMap((sources) => {
    const excerpt = excerptOf(sources);
    return excerpt ? [codeFrame(excerpt, sources, width)] : [];
  });
  return [heads.join("\n"), ...frames].join("\n\n");
}
