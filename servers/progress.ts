/** Something that takes longer than a second has begun, gone on, or ended. */
export interface ProgressEvent {
  /** What is going on, for people: `downloading MySQL`, `starting PostgreSQL`. */
  readonly what: string;
  readonly done?: number;
  /** When it is known; `done === total` says that it is over. */
  readonly total?: number;
  readonly unit?: "bytes";
  /** People should still see it when it is over. */
  readonly stays?: true;
}

/** Whoever shows it to people decides how; nobody who reports knows. */
export type Progress = (event: ProgressEvent) => void;

/** Something long is done for someone: whom to tell, and when they no longer want it. */
export interface Errand {
  readonly progress: Progress;
  readonly signal?: AbortSignal | undefined;
}
