/**
 * Cuts commands that are sent together where others can come between them: a pipeline is no transaction
 * (https://redis.io/docs/latest/develop/using-commands/pipelining/). From MULTI to EXEC nothing can come between.
 *
 * @param queues whether a MULTI was open before
 */
export function blocksOf<Command>(
  commands: readonly Command[],
  nameOf: (command: Command) => string,
  queues: boolean,
): Command[][] {
  const blocks: Command[][] = [];
  let block: Command[] = [];
  let is_open = queues;
  for (const command of commands) {
    block.push(command);
    const name = nameOf(command).toLowerCase();
    if (name === "multi") is_open = true;
    if (name === "exec" || name === "discard") is_open = false;
    if (is_open) continue;
    blocks.push(block);
    block = [];
  }
  return block.length > 0 ? [...blocks, block] : blocks;
}
