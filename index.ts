/** raceproof as a library: explore your own code, judge your own histories. */
export {
  type Backend,
  type Contents,
  type Gate,
  type Isolation,
  type OpenOptions,
  open_gate,
  type Session,
  type Step,
  type TableContents,
} from "./backends/backend.ts";
export { connectDynamodb } from "./backends/dynamodb/backend.ts";
export { connectMysql } from "./backends/mysql/backend.ts";
export { connectPostgres, connectPostgresPool } from "./backends/postgres/backend.ts";
export { connectRedis } from "./backends/redis/backend.ts";
export { isRetryable } from "./backends/retryable.ts";
export type { Model } from "./checkers/model.ts";
export { type ExploreOptions, explore, ProgramFailed, RaceFound, type Report } from "./explore.ts";
export type { HistoryEvent } from "./histories/event.ts";
export { obeys } from "./obeys.ts";
export { drawInterleaving } from "./reports/interleaving.ts";
export { explain } from "./reports/sentence.ts";
export { type ScheduleBounds, scheduleArbitrary } from "./schedules/arbitrary.ts";
export { BadOptions } from "./schedules/bad-options.ts";
export {
  type Disturbance,
  type Exploration,
  type ExplorationOptions,
  exploreSchedules,
  type FoundFailure,
  type Unrepeated,
} from "./schedules/exploration.ts";
export {
  type Around,
  CheckFailed,
  type OperationNames,
  type Outcome,
  type Program,
} from "./schedules/program.ts";
export { SetupFailed } from "./schedules/run/setup-failed.ts";
export type { Fault, Schedule } from "./schedules/schedule.ts";
export type { Stale } from "./schedules/search/fresh-start.ts";
export type { Doubt } from "./schedules/search/proof.ts";
export { type Replayed, replay } from "./schedules/search/replay.ts";
export { BadToken, type Replay, readToken, writeToken } from "./schedules/token.ts";
export type { Trace, TraceStep } from "./schedules/trace.ts";
export type { Server, ServerKind } from "./servers/server.ts";
export { startServer } from "./servers/start.ts";
