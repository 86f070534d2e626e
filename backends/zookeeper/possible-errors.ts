/**
 * Which errors ZooKeeper gives, and where. NO_NODE and NODE_EXISTS are not among them: whether a node exists is not put
 * in question, because an answer that is not true would lead a right program astray. A lost connection
 * (CONNECTION_LOSS) is put in at every step anyway.
 */
import { type PossibleError, session_expired } from "../possible-errors.ts";
import type { Call } from "./wire-requests.ts";

const guide = "https://zookeeper.apache.org/doc/current/zookeeperProgrammers.html";

export const possible_errors: readonly PossibleError<Call>[] = [
  {
    // Somebody may have changed the node, and changed its data back.
    code: "BAD_VERSION",
    message: "ZooKeeper answered BAD_VERSION",
    source: `${guide}#sc_zkDataModel_znodes`,
    isPossible: (_, { operation, parts: [only] }) =>
      (operation === "setData" || operation === "delete") && (only?.version ?? -1) >= 0,
  },
  {
    // The server ends the connection, and whoever takes the session up again is told that it is over.
    code: session_expired,
    message: "the session has expired",
    source: `${guide}#ch_zkSessions`,
    isPossible: (_, { operation }) => operation !== "closeSession",
  },
];
