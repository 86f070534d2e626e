import { type Replayed, replay as replaySchedule } from "../schedules/search/replay.ts";
import type { Replay } from "../schedules/token.ts";
import { AppNotStarted } from "./instance.ts";
import type { RaceOptions, RaceResult } from "./options.ts";
import { Scene } from "./scene.ts";

/** The program fails even without a race; the message says how. */
export class CannotRace extends Error {}

/** Explores the schedules of a program whose clients are processes, or instances of an app. */
export async function race(options: RaceOptions): Promise<RaceResult> {
  try {
    return await explore(options);
  } catch (error) {
    if (!(error instanceof AppNotStarted)) throw error;
    options.signal.throwIfAborted();
    return { kind: "cannot", text: `${options.name}: ${error.message}` };
  }
}

async function explore(options: RaceOptions): Promise<RaceResult> {
  await using scene = await Scene.open(options);
  const trouble = await scene.rehearse();
  options.signal.throwIfAborted();
  if (trouble !== undefined) return { kind: "cannot", text: trouble };
  const exploration = await scene.explore();
  options.signal.throwIfAborted();
  return { ...(await scene.conclude(exploration)), exploration };
}

/** Runs the schedule of a token again. @throws CannotRace, or any error from outside the schedule */
export async function replayRace(token: Replay, options: RaceOptions): Promise<Replayed> {
  await using scene = await Scene.open(options);
  const trouble = await scene.rehearse();
  if (trouble !== undefined) throw new CannotRace(trouble);
  return await replaySchedule(token, scene.exploration);
}
