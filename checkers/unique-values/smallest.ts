/**
 * Leaves out the parts that are not needed: many at once as long as that works, in the end one by one.
 * @param impossible whether these parts cannot all be; if they cannot, no larger set can
 */
export function smallest<Part>(
  parts: readonly Part[],
  impossible: (parts: readonly Part[]) => boolean,
): readonly Part[] {
  let kept = parts;
  for (
    let size = Math.ceil(parts.length / 2);
    size >= 1;
    size = size === 1 ? 0 : Math.ceil(size / 2)
  )
    for (let at = 0; at < kept.length; ) {
      const fewer = [...kept.slice(0, at), ...kept.slice(at + size)];
      if (fewer.length > 0 && impossible(fewer)) kept = fewer;
      else at += size;
    }
  return kept;
}
