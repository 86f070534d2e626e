/** A field of anything that was thrown, as text; empty when there is no such field. */
export function errorField(error: unknown, field: string): string {
  const value: unknown = (Object(error) as Record<string, unknown>)[field];
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}
