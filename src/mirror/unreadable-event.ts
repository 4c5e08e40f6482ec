/** An event of SES that can't be read as one of ours. The message is for people: a sentence. */
export class UnreadableEvent extends Error {
  override name = "UnreadableEvent";
}
