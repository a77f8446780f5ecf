const MULTIPLIER = 0x5bd1e995;
const SEED = 0x9747b28c;

/** Kafka's murmur2 of a text's UTF-8 bytes, as a number from 0 to 2^31 - 1: every client computes the same partition. */
export function murmur2(text: string): number {
  const bytes = Buffer.from(text, 'utf8');
  const whole = bytes.length & ~3;
  let hash = SEED ^ bytes.length;
  for (let at = 0; at < whole; at += 4) {
    let word = Math.imul(bytes.readInt32LE(at), MULTIPLIER);
    word = Math.imul(word ^ (word >>> 24), MULTIPLIER);
    hash = Math.imul(hash, MULTIPLIER) ^ word;
  }
  const rest = bytes.length - whole;
  if (rest > 0) hash = Math.imul(hash ^ bytes.readUIntLE(whole, rest), MULTIPLIER);
  hash = Math.imul(hash ^ (hash >>> 13), MULTIPLIER);
  return (hash ^ (hash >>> 15)) & 0x7fffffff;
}

/** The partition of a key among `partitions`. */
export function partitionOf(key: string, partitions: number): number {
  return murmur2(key) % partitions;
}
