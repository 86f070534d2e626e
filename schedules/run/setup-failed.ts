/** Set-up threw; its own error, with its stack, is the `cause`. */
export class SetupFailed extends Error {
  override readonly name = "SetupFailed";

  /**
   * @param program whose set-up it is
   * @param schedule before which it failed, from 1
   * @param cause what it threw
   */
  constructor(program: string, schedule: number | undefined, cause: unknown) {
    const said = cause instanceof Error ? cause.message : String(cause);
    const when = schedule === undefined ? "before a schedule" : `before schedule ${schedule}`;
    const hint =
      schedule === 1
        ? "It runs before every schedule."
        : "It runs before every schedule, not once: it has to work on what the schedule before it left. " +
          "Delete that first, or write INSERT … ON CONFLICT (…) DO UPDATE.";
    super(`${program}: set-up failed ${when}: ${said}\n${hint}`, { cause });
  }
}
