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
export { CannotConnect } from "./backends/cannot-connect.ts";
export { connectDynamodb } from "./backends/dynamodb/backend.ts";
export { connectMysql, type MariadbOptions } from "./backends/mysql/backend.ts";
export {
  connectPostgres,
  connectPostgresPool,
  type PoolOptions,
} from "./backends/postgres/backend.ts";
export { connectRedis } from "./backends/redis/backend.ts";
export { Refused } from "./backends/refused.ts";
export { isRetryable } from "./backends/retryable.ts";
export { checkFile } from "./checkers/check-file.ts";
export { type CheckHistoryOptions, checkHistory } from "./checkers/check-history.ts";
export type { CheckOptions, FileVerdict } from "./checkers/check-options.ts";
export type { Call, Model } from "./checkers/model.ts";
export type { MakeModel } from "./checkers/models/index.ts";
export { modelNames } from "./checkers/select.ts";
export type { Needs, Shape, Vocabulary } from "./checkers/shapes.ts";
export type { Limits, Verdict } from "./checkers/verdict.ts";
export {
  type ExploreOptions,
  explore,
  NoProof,
  NoVerdict,
  ProgramFailed,
  RaceFound,
  type Report,
} from "./explore.ts";
export type {
  Failed,
  Header,
  History,
  HistoryEvent,
  Invoke,
  Ok,
  Operation,
  Process,
} from "./histories/event.ts";
export type { Format } from "./histories/format.ts";
export { HistoryError } from "./histories/history-error.ts";
export { historyOf } from "./histories/history-of.ts";
export { type FileHistory, type ReadOptions, readHistory } from "./histories/read-history.ts";
export { Recorder } from "./histories/recorder.ts";
export { writeEdn } from "./histories/write-edn.ts";
export { writeJsonl } from "./histories/write-jsonl.ts";
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
  type GaveUp,
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
export { type StartOptions, startServer } from "./servers/start.ts";
export { ServerUnavailable } from "./servers/unavailable.ts";
