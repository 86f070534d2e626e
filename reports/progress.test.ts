import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Progress } from "./progress.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["performance"] }));
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

/** A stream that keeps what is written. */
function stream(isTTY: boolean): { readonly written: string[] } & NodeJS.WriteStream {
  const written: string[] = [];
  const write = (text: string): boolean => written.push(text) > 0;
  return { written, write, isTTY, columns: 80 } as never;
}

test("if it is not a terminal, a plain line every ten seconds", () => {
  const plain = stream(false);
  const progress = new Progress("withdraw", plain);
  for (let second = 1; second <= 25; second++) {
    vi.advanceTimersByTime(1_000);
    progress.show(second * 100);
  }
  progress.clear();
  expect(plain.written).toEqual([
    "raceproof: withdraw: 1000 schedules in 10 s, none failed so far\n",
    "raceproof: withdraw: 2000 schedules in 20 s, none failed so far\n",
  ]);
});

test("on a terminal one line that changes, and is gone at the end", () => {
  vi.stubEnv("CI", "");
  const terminal = stream(true);
  const progress = new Progress("withdraw", terminal);
  progress.show(7);
  vi.advanceTimersByTime(1_000);
  progress.show(90);
  progress.clear();
  expect(terminal.written.map((text) => text.replaceAll("\u001b[K", ""))).toEqual([
    "\rwithdraw: 7 schedules, none failed so far",
    "\rwithdraw: 90 schedules, none failed so far",
    "\r",
  ]);
});
