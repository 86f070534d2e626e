/**
 * raceproof as a library: explore your own code, judge your own histories.
 *
 * `explore` runs your functions on a database under every interleaving; `startServer` and `connectPostgres`
 * (`connectMysql`, `connectRedis`, `connectDynamodb`) give it one. `checkFile` and `checkHistory` judge what any
 * program recorded.
 *
 * @module raceproof
 */
export {
  type Backend,
  type Borrowing,
  type Contents,
  type DividedStatement,
  type Gate,
  type HeldUp,
  type Interventions,
  type Isolation,
  type Left,
  type OpenOptions,
  type SentStatement,
  type Session,
  type Step,
  type TableContents,
} from "./backends/backend.ts";
export { CannotConnect } from "./backends/cannot-connect.ts";
export { connectDynamodb, type DynamodbServer } from "./backends/dynamodb/backend.ts";
export { type Schema, SchemaFailed } from "./backends/lane-database.ts";
export { connectMysql, type MariadbOptions } from "./backends/mysql/backend.ts";
export {
  connectPostgres,
  connectPostgresPool,
  type PoolOptions,
} from "./backends/postgres/backend.ts";
export { connectRedis } from "./backends/redis/backend.ts";
export { Refused } from "./backends/refused.ts";
export { isRetryable } from "./backends/retryable.ts";
export type { AllRows, Row, TableRows } from "./backends/rows.ts";
export type { LockedTables } from "./backends/sql-mending.ts";
export type { Fact, FoundRow, Value, Values } from "./backends/step-facts.ts";
export { checkFile } from "./checkers/check-file.ts";
export { type CheckHistoryOptions, checkHistory } from "./checkers/check-history.ts";
export type { CheckOptions, FileVerdict } from "./checkers/check-options.ts";
export type {
  Differs,
  Exclusive,
  Move,
  Never,
  NoSuchState,
  OutOfRange,
  Reason,
  TakenTooOften,
  Unfinished,
  WrongOrder,
} from "./checkers/explain/reason.ts";
export type { Call, Model, Written } from "./checkers/model.ts";
export type { MakeModel } from "./checkers/models/index.ts";
export { modelNames } from "./checkers/select.ts";
export type { Needs, Shape, Vocabulary } from "./checkers/shapes.ts";
export type { Limits, Verdict } from "./checkers/verdict.ts";
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
export type { Source } from "./histories/source.ts";
export { writeEdn } from "./histories/write-edn.ts";
export { writeJsonl } from "./histories/write-jsonl.ts";
export {
  explore,
  NoProof,
  NotDeterministic,
  NoVerdict,
  ProgramFailed,
  RaceFound,
  type Report,
  type ScenariosReport,
} from "./library/explore.ts";
export type { LevelsOptions, LevelsReport } from "./library/explore-levels.ts";
export type {
  Allowed,
  AroundOperation,
  Database,
  Databases,
  ExploreOptions,
  ProgramOperation,
  ProgramOptions,
  SearchOptions,
  UrlsOf,
} from "./library/explore-options.ts";
export { type FinalOperation, type ObeysOptions, obeys } from "./library/obeys.ts";
export type { ScenarioOperation, ScenarioOptions } from "./library/scenario-options.ts";
export type { Meeting } from "./library/scenarios.ts";
export type { Repair, RepairResult, TriedRepair, UniqueIndex } from "./repairs/repair.ts";
export type { LevelResult } from "./reports/levels.ts";
export { BadOptions } from "./schedules/bad-options.ts";
export type { Coverage, Stated } from "./schedules/coverage.ts";
export {
  type Disturbance,
  type Exploration,
  type FoundFailure,
  type GaveUp,
  type Unrepeated,
} from "./schedules/exploration.ts";
export type { Note } from "./schedules/notes.ts";
export {
  type Around,
  CheckFailed,
  type Failure,
  type OperationName,
  type OperationNames,
  type Outcome,
} from "./schedules/program.ts";
export type { DrainEnd } from "./schedules/run/lanes.ts";
export { SetupFailed } from "./schedules/run/setup-failed.ts";
export type { Fault, FaultWish } from "./schedules/schedule.ts";
export type { Stale } from "./schedules/search/fresh-start.ts";
export type { Doubt } from "./schedules/search/proof.ts";
export type { Fingerprint } from "./schedules/token.ts";
export { BadToken } from "./schedules/token.ts";
export type { Ending, LeftBehind, OperationResult, Trace, TraceStep } from "./schedules/trace.ts";
export type { Settings } from "./servers/local/recipe.ts";
export type { Progress, ProgressEvent } from "./servers/progress.ts";
export type { Server, ServerKind } from "./servers/server.ts";
export { type StartOptions, startServer } from "./servers/start.ts";
export { ServerUnavailable } from "./servers/unavailable.ts";
