/** The short form of `npm run frames`. */
import { expect, test } from "vitest";
import { campaign } from "./campaign.ts";
import { protocols } from "./protocols.ts";
import { anySeed } from "./speech.ts";

test.each(Object.entries(protocols))("%s: no byte is changed on its way", async (name, speech) => {
  const seed = anySeed();
  console.log(`frames of ${name}: seed ${seed}`);
  const { frames, wrong } = await campaign(speech, { frames: 3_000, seed });
  expect(frames).toBeGreaterThanOrEqual(3_000);
  expect(wrong, `seed ${seed}`).toEqual([]);
});
