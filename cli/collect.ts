/** For a flag that may be given again: what was given before, and this. */
export const collect = (value: string, before: string[]): string[] => [...before, value];
