import { randomBytes } from "node:crypto";

/** What a server that we start demands of everybody: letters and digits that mean nothing anywhere. */
export const newSecret = (): string => randomBytes(16).toString("hex");
