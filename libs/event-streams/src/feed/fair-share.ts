/**
 * How many of `partitions` one member should hold: the same for all, one more for the first ones by name when it
 * does not come out even. A member that is not listed yet holds none.
 */
export function fairShare(members: readonly string[], member: string, partitions: number): number {
  const rank = members.indexOf(member);
  if (rank === -1) return 0;
  const even = Math.floor(partitions / members.length);
  return rank < partitions % members.length ? even + 1 : even;
}
