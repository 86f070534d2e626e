/**
 * Gives fields to an error whose message says all that people need. Test runners print every field below it, and copy
 * it from process to process field by field: what a program may want to look at is kept where they do not see it.
 */
export function keepAside(error: Error, fields: object): void {
  const toJSON = (): object => ({ name: error.name, message: error.message, stack: error.stack });
  for (const [name, value] of Object.entries({ ...fields, toJSON }))
    Object.defineProperty(error, name, { value, enumerable: false });
}
