/** The names of what a campaign keeps in Redis. Everything of it begins with its own prefix, and with nobody else's. */

/** Of all keys; also what BullMQ and its dashboards call the prefix. */
export const prefix = "raceproof-campaigns";

/** The names of the queues of all campaigns, the oldest first. */
export const register_key: string = `${prefix}:names`;

/** `nightly@postgres`: a campaign has a queue for each backend, so that a worker takes only what it has servers for. */
export const queueName = (campaign: string, backend: string): string => `${campaign}@${backend}`;

/** Of which campaign a queue is, and with which backend. */
export function partsOfName(queue: string): {
  readonly campaign: string;
  readonly backend: string;
} {
  const [campaign = "", backend = ""] = queue.split("@");
  return { campaign, backend };
}

/** The workers that asked for jobs of a queue and had no server for them, by when; nobody once somebody has done one. */
export const lackedKey = (campaign: string, backend: string): string =>
  `${prefix}:${campaign}:lacked:${backend}`;

/** Job ids have a slash in them, so that no job has this name. */
export const documentKey = (name: string): string => `${prefix}:${name}:campaign`;

/** The ids of all parts of a cell's search. */
export const partsKey = (name: string, cell: string): string => `${prefix}:${name}:parts:${cell}`;

/** @param token of one try: if two workers did the same job, each has a history of its own */
export const historyKey = (name: string, id: string, token: string): string =>
  `${prefix}:${name}:history:${id}:${token}`;

/** A worker's connections are called by it, so that Redis knows who is there. It has no space in it. */
export const connectionName = (worker: string): string =>
  `${prefix}:worker:${encodeURIComponent(worker)}`;

/** Letters, digits, `.`, `_` and `-`: so that it can be part of a key, and of a pattern for keys. */
export const isName = (name: string): boolean => /^[\w.-]{1,80}$/.test(name);
