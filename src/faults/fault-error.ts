/** What a caller of the endpoints for tests asked for is impossible. The message is for people and says what to do. */
export class FaultError extends Error {
  override name = "FaultError";
}
