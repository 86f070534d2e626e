#!/usr/bin/env node
/** The command. Loading it opens a few hundred files at once, so a tight limit on open files shows here first. */
import("./command.ts").catch((error: NodeJS.ErrnoException) => {
  if (error.code !== "EMFILE" && error.code !== "ENFILE") throw error;
  console.error("raceproof: too many open files: raise their limit (ulimit -n 1024).");
  process.exitCode = 2;
});
