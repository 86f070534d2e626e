import { counterChecker } from "../../checkers/counter.ts";
import { lostUpdateChecker } from "../../checkers/lost-update.ts";
import type { Workload } from "../../matrix/workload.ts";

const add_one = { f: "add", input: 1 } as const;

/** One number that many clients increment: no increment is lost, none counts twice, all fit into one order. */
export const counting: Workload<1> = {
  name: "counter",
  scheduled: add_one,
  nextOperation: () => add_one,
  initial: 0,
  checkers: [lostUpdateChecker, counterChecker],
  anomalies: ["lost update", "counted twice", "not linearizable"],
  classify([at_rest, in_order]) {
    if (at_rest?.figures?.["lost"]) return "lost update";
    if (at_rest?.figures?.["applied_twice"]) return "counted twice";
    return in_order?.verdict === "invalid" ? "not linearizable" : undefined;
  },
  columns: { lost: "lost", twice: "applied_twice" },
  forgotten: "lost update",
  usual: [
    "in-place",
    "select-for-update",
    "version-column",
    "advisory-lock",
    "named-lock",
    "operation-id",
    "incr",
    "lua",
    "watch-multi-exec",
    "add",
    "conditional-put",
    "transact-add",
    "zookeeper-lock-fenced",
  ],
  forgettable: ["in-place", "incr"],
};
