import { docker } from "../../servers/containers/docker.ts";

/**
 * An image with another entry point, in place of the official image or its stand-in; the server's own arguments come as
 * `$@`. The caller removes it, with the containers that are left of it.
 */
export async function imageWithEntry(
  base: string,
  name: string,
  script: string,
): Promise<AsyncDisposable & { readonly image: string }> {
  const image = `raceproof-test/${name}:${process.pid}`;
  const container = await docker(["create", base]);
  const entry = `ENTRYPOINT ${JSON.stringify(["/bin/sh", "-c", script, "sh"])}`;
  await docker(["commit", "--change", entry, container, image]);
  await docker(["rm", container]);
  return {
    image,
    async [Symbol.asyncDispose]() {
      await docker(["rmi", "--force", image]);
    },
  };
}

/** All containers of an image, whatever they are doing. */
export const containersOf = (image: string): Promise<string> =>
  docker(["ps", "-aq", "--filter", `ancestor=${image}`]);
