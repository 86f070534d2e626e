/** A longer chain of causes is cut here. */
const deepest = 5;

/**
 * Whatever was thrown, in the form that people know: its stack, then that of its cause, and so on. Only names,
 * messages and stacks: other fields of an error may hold a password.
 */
export function errorText(error: unknown, depth = 1): string {
  if (typeof error !== "object" || error === null) return String(error);
  const { name, message, stack, cause, errors } = error as Partial<AggregateError>;
  const head = [name ?? "Error", message].filter(Boolean).join(": ");
  const own = stack === undefined || stack === "" ? head : withMessage(stack, head, message ?? "");
  const inner = [...(Array.isArray(errors) ? (errors as unknown[]) : []), cause];
  const causes = inner.filter((one) => one !== undefined && one !== null);
  if (depth === deepest) return own;
  return [own, ...causes.map((one) => `caused by ${errorText(one, depth + 1)}`)].join("\n");
}

/** The stack, with the message if that was set only after the stack was recorded. */
function withMessage(stack: string, head: string, message: string): string {
  return stack.includes(message) ? stack : `${head}\n${stack}`;
}
