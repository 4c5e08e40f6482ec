/** An SES event that can't be converted into one of ours. The message is a sentence for people. */
export class UnreadableEvent extends Error {
  override name = "UnreadableEvent";
}
