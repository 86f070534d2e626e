/** What a person can set, called as they know it: in code, or as flags of the command. */
export interface Names {
  readonly check: string;
  readonly setup: string;
  readonly ignore: string;
  readonly busy_limit: string;
  /** Absent if it cannot be set. */
  readonly step_limit?: string;
  readonly schedules: string;
  /** What has all interleavings run, and not some of them. */
  readonly runs_all: string;
}

export const in_code: Names = {
  check: "`check`",
  setup: "`setup`",
  ignore: "`ignore`",
  busy_limit: "`busyLimitMs`",
  step_limit: "`stepLimit`",
  schedules: "`schedules`",
  runs_all: "`exhaustive: true` runs all",
};

export const in_flags: Names = {
  check: "--check",
  setup: "--setup",
  ignore: "--ignore",
  busy_limit: "--busy-limit-s",
  schedules: "--schedules",
  runs_all: "of two clients with one operation each, all are run",
};
