/** A request with every field at its default but the ones given. */
export function asked<Message>(codec: { decode(input: Uint8Array): Message }, given: Partial<Message> = {}): Message {
  return { ...codec.decode(new Uint8Array()), ...given };
}
