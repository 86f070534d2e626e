/** The node of a lane, and what is below it: what a program calls `/counter` is `/raceproof-…/counter` at the server. */

/** Stands before a path that is not below the node: a program that does not append its folder goes there. */
const outside = "server:";

export const isOutside = (path: string): boolean => path.startsWith(outside);

/** Such a path, as the server knows it. */
export const pathOutside = (path: string): string => path.slice(outside.length);

/** The path as the program knows it. */
export function pathIn(folder: string, path: string): string {
  if (path === folder) return "/";
  if (path.startsWith(`${folder}/`)) return path.slice(folder.length);
  // The server's own nodes; some libraries read its configuration there.
  return /^\/zookeeper(\/|$)/.test(path) ? path : outside + path;
}
