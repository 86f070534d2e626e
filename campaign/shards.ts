/**
 * Shares out cells among machines: each gets cells that stand together in the matrix, and about the same time.
 *
 * Neighbours stay together because they use the same servers, and the start of a server costs more than most cells. So
 * the list of cells is cut, not dealt: each shard takes cells until it has its share of the time that is left. The same
 * cells and times give the same shards on every machine.
 */

/**
 * @param times_s how long each cell takes, about
 * @param of how many shards; at most as many as there are cells
 * @returns the cells of each shard: none is empty, and each cell is in exactly one
 */
export function shareOut<Cell>(
  cells: readonly Cell[],
  times_s: readonly number[],
  of: number,
): Cell[][] {
  const shards: Cell[][] = [];
  let from = 0;
  let left_s = times_s.reduce((sum, time_s) => sum + time_s, 0);
  for (let shard = 1; shard < of; shard++) {
    const share_s = left_s / (of - shard + 1);
    // A cell is left for each later shard.
    const to_max = cells.length - (of - shard);
    let to = from + 1;
    let taken_s = times_s[from]!;
    // A cell is taken if less than half of it is beyond the share.
    while (to < to_max && taken_s + times_s[to]! / 2 <= share_s) {
      taken_s += times_s[to]!;
      to++;
    }
    shards.push(cells.slice(from, to));
    from = to;
    left_s -= taken_s;
  }
  shards.push(cells.slice(from));
  return shards;
}
