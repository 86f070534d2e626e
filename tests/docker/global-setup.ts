/** The servers that the tests on containers share: one of each kind, in a container, or nothing passes. */
import type { TestProject } from "vitest/node";
import { share } from "../global-setup.ts";

export default (project: TestProject): Promise<() => Promise<void>> => share(project, "container");
