/** ZooKeeper's errors by their numbers in the protocol; the names are those of node-zookeeper-client. */
const names: Readonly<Record<number, string>> = {
  [-1]: "SYSTEM_ERROR",
  [-2]: "RUNTIME_INCONSISTENCY",
  [-3]: "DATA_INCONSISTENCY",
  [-4]: "CONNECTION_LOSS",
  [-5]: "MARSHALLING_ERROR",
  [-6]: "UNIMPLEMENTED",
  [-7]: "OPERATION_TIMEOUT",
  [-8]: "BAD_ARGUMENTS",
  [-100]: "API_ERROR",
  [-101]: "NO_NODE",
  [-102]: "NO_AUTH",
  [-103]: "BAD_VERSION",
  [-108]: "NO_CHILDREN_FOR_EPHEMERALS",
  [-110]: "NODE_EXISTS",
  [-111]: "NOT_EMPTY",
  [-112]: "SESSION_EXPIRED",
  [-113]: "INVALID_CALLBACK",
  [-114]: "INVALID_ACL",
  [-115]: "AUTH_FAILED",
  [-118]: "SESSION_MOVED",
  [-119]: "NOT_READ_ONLY",
  [-120]: "EPHEMERAL_ON_LOCAL_SESSION",
  [-121]: "NO_WATCHER",
  [-124]: "SESSION_CLOSED_REQUIRE_AUTH",
  [-125]: "QUOTA_EXCEEDED",
  [-127]: "THROTTLED",
};

export const no_error = 0;
export const bad_version = -103;

export const errorName = (number: number): string => names[number] ?? `error ${number}`;
