/** Something that takes longer than a second has begun, gone on, or ended. */
export interface ProgressEvent {
  /** What is going on, for people: `downloading MySQL`, `starting PostgreSQL`. */
  readonly what: string;
  readonly done?: number;
  /** Given if it is known; `done === total` says that it is over. */
  readonly total?: number;
  readonly unit?: "bytes";
  /** The message should stay on the screen. */
  readonly stays?: true;
}

/** Called with each event. How it is shown to people is decided there, and the caller need not know. */
export type Progress = (event: ProgressEvent) => void;

/** What long work gets from its caller: where to report its progress, and the signal to give up. */
export interface Errand {
  readonly progress: Progress;
  readonly signal?: AbortSignal | undefined;
}
