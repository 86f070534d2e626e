import { randomBytes } from "node:crypto";

/** What a server that we start demands of everybody: only letters and digits, so that it needs no quoting anywhere. */
export const newSecret = (): string => randomBytes(16).toString("hex");
