import type { Gate, Step } from "../../backends/backend.ts";
import type { Comparing, ComparingRows } from "../../backends/wire.ts";
import type { WrappedOperation } from "./wrapped-operation.ts";

/** What a connection through a door needs of its door. */
export interface Doorway {
  readonly gate: Gate;
  /** What the server is told on a new connection, once the client has logged in. */
  readonly greeting: readonly string[];
  /** Several callers share the connections; each request belongs to the caller that wrote it. */
  readonly tells_writers: boolean;
  /** Statements that commit by themselves are taken apart into their work and their commit. */
  readonly splits: boolean;
  /** The operation under way, if a repair puts it into one transaction. */
  wrapped(): WrappedOperation | undefined;
  /** The same, if a repair makes its writes depend on what it has read. */
  comparing(): Comparing | undefined;
  comparingRows(): ComparingRows | undefined;
  /** The client has logged in, or will not; may be called again. */
  opened(): void;
  /** The error that the request which goes now is to meet; asked once. */
  takeError(): string | undefined;
  /** How the server answered a request; `refusal`: the code of its error. */
  heard(kind: Step["kind"], refusal?: string): void;
  /** The next connection is refused. */
  refusesNext(): void;
  /** Makes the server end a connection. */
  terminate(connection: number): Promise<void>;
  /** Resolves once the server has ended this connection and given back its locks. */
  gone(connection: number): Promise<void>;
}
