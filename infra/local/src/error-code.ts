/** The system's code of a thrown error, such as `EADDRINUSE`. Errors of Node itself may come from another realm, so they are told by shape. */
export function errorCode(thrown: unknown): string | undefined {
  if (typeof thrown !== 'object' || thrown === null || !('code' in thrown)) return undefined;
  return typeof thrown.code === 'string' ? thrown.code : undefined;
}
