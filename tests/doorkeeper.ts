import type { Gate, Step } from "../backends/backend.ts";

/** Writes down every step that comes to it; `shut` keeps them waiting until `release`. */
export class Doorkeeper implements Gate {
  readonly seen: string[] = [];
  readonly steps: Step[] = [];
  readonly replies: string[] = [];
  shut = false;
  #held: (() => void)[] = [];

  async pass<T>(step: Step, send: () => Promise<T>): Promise<T> {
    this.steps.push(step);
    this.seen.push(`arrives ${step.statement}`);
    if (this.shut) await new Promise<void>((go) => this.#held.push(go));
    this.seen.push(`goes ${step.statement}`);
    const reply = await send();
    this.seen.push(`done ${step.statement}`);
    this.replies.push(step.describe(reply));
    return reply;
  }

  release(): void {
    this.shut = false;
    for (const go of this.#held.splice(0)) go();
  }
}
