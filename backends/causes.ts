/** The fields in which libraries put an error that they wrapped: the language's own; Sequelize; TypeORM; Objection. */
const fields = ["cause", "original", "parent", "driverError", "nativeError"];

/** An error and the errors that it wraps, from the outside in, each once. */
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

/** The outermost error of the given kind: the error itself, or one inside it. If there is none, the error as it is. */
export function unwrapped(error: unknown, is_of_kind: (error: unknown) => boolean): unknown {
  return causes(error).find(is_of_kind) ?? error;
}
