const mb = 2 ** 20;

/** Why the system may have killed a process, for the end of a sentence. A group of processes may have less than the machine. */
export function memoryInWords(): string {
  const limit = process.constrainedMemory();
  const is_group = limit > 0 && limit < 2 ** 50;
  return is_group
    ? `, as when memory is short (this group of processes has ${Math.round(limit / mb)} MB)`
    : ", as when memory is short";
}
