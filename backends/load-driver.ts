import { CannotConnect } from "./cannot-connect.ts";

/**
 * Loads a driver library when it is first needed.
 *
 * @throws CannotConnect that says what to install.
 */
export async function loadDriver<Library>(
  name: string,
  load: () => Promise<Library>,
): Promise<Library> {
  try {
    return await load();
  } catch (error) {
    if ((error as { code?: unknown }).code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new CannotConnect(`The driver ${name} is not installed: npm i ${name}`, {
      cause: error,
    });
  }
}
