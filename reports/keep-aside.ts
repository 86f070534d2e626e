/**
 * Gives fields to an error whose message says all that people need. Test runners print every field of an error below
 * its message, and copy errors from process to process field by field: these fields, which are for programs, are hidden
 * from them.
 */
export function keepAside(error: Error, fields: object): void {
  const toJSON = (): object => ({ name: error.name, message: error.message, stack: error.stack });
  for (const [name, value] of Object.entries({ ...fields, toJSON }))
    Object.defineProperty(error, name, { value, enumerable: false });
}
