import type { Step } from "../backend.ts";
import type { Turnstile } from "../turnstile.ts";
import { type Command, type Core, nameOf } from "./driver.ts";
import { HeldCommand } from "./held-command.ts";
import { type MysqlStep, requestOf, stepOf } from "./step.ts";

/** Runs a call of the driver that bypasses the gate. */
export type Past = <T>(call: () => T) => T;

/**
 * Puts the gate into a connection: every command is held back at the moment when the driver would send
 * it, so promises, callbacks, events, prepared statements and transaction helpers all pass.
 */
export function putGateInto(core: Core, turnstile: Turnstile): Past {
  const driver = Object.getPrototypeOf(core) as Core;
  let past = false;
  let executing = false;
  let preparing: HeldCommand | undefined;
  let in_transaction = false;

  /** In an open transaction, BEGIN first commits it. */
  const asItActs = (step: MysqlStep): Step => {
    if (step.kind === "commit" || step.kind === "rollback") in_transaction = false;
    if (step.kind !== "begin" && !step.sets_autocommit) return step;
    const commits = in_transaction;
    in_transaction = true;
    return commits ? { ...step, kind: "write" } : step;
  };

  core.execute = (...rest) => {
    executing = true;
    try {
      return driver.execute.apply(core, rest);
    } finally {
      executing = false;
      preparing = undefined;
    }
  };
  core.addCommand = (command) => {
    // PREPARE and EXECUTE of one `execute()` are one step.
    if (preparing !== undefined && nameOf(command) === "Execute") preparing.endsWith(command);
    else if (!past) {
      const step = stepFor(core, command, executing);
      if (step !== undefined) {
        const held = new HeldCommand(core, turnstile, asItActs(step), command);
        if (executing) preparing = held;
        else held.endsWith(command);
      }
    }
    return driver.addCommand.call(core, command);
  };

  return (call) => {
    past = true;
    try {
      return call();
    } finally {
      past = false;
    }
  };
}

/** Undefined for commands that are not requests of user code: the handshake, the goodbye, closing a statement. */
function stepFor(core: Core, command: Command, executing: boolean): MysqlStep | undefined {
  switch (nameOf(command)) {
    case "Query":
      return stepOf(command.sql ?? "");
    case "Prepare": {
      const { values } = (command as unknown as { options: { values?: unknown } }).options;
      const sql = command.query ?? "";
      return executing
        ? stepOf(core.format(sql, values ?? []))
        : requestOf(`PREPARE ${sql}`, "other");
    }
    case "Execute":
      return stepOf(core.format(command.statement?.query ?? "", command.values ?? []));
    case "Ping":
      return requestOf("ping", "other");
    case "ResetConnection":
      return requestOf("reset connection", "rollback");
    case "ChangeUser":
      return requestOf("change user", "rollback");
    default:
      return undefined;
  }
}
