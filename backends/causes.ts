/** Where libraries put the error that they wrapped: the language's own field; Sequelize; TypeORM; Objection. */
const fields = ["cause", "original", "parent", "driverError", "nativeError"];

/** An error, and what it was made of, from the outside in; each of them once. */
export function causes(error: unknown): readonly unknown[] {
  const found: unknown[] = [error];
  for (let i = 0; i < found.length; i++) {
    const wrapper = Object(found[i]) as Record<string, unknown>;
    for (const field of fields) {
      const inner = wrapper[field];
      if (typeof inner === "object" && inner !== null && !found.includes(inner)) found.push(inner);
    }
  }
  return found;
}

/** The error itself, or the outermost one inside it that is of the kind; otherwise the error as it came. */
export function unwrapped(error: unknown, is_of_kind: (error: unknown) => boolean): unknown {
  return causes(error).find(is_of_kind) ?? error;
}
