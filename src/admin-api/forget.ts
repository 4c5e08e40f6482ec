/** POST /admin/forget: deletes the data of a person. */

export interface ForgetRequest {
  address: string;
  /** Also from contact lists and suppression lists; `false` by default. */
  lists?: boolean;
}

/** How much was removed, by kind. */
export interface ForgetAnswer {
  /** Recorded events, and the messages that they are of. */
  events: number;
  messages: number;
  /** Stored mail to nobody else, which was overwritten. */
  mail: number;
  /** Mail of archives to nobody else, which was overwritten. */
  archived: number;
  /** Mail that waited to be delivered. */
  queued: number;
  /** Events kept for event destinations and webhooks, sent or not. */
  publications: number;
  /** Answers of webhooks' receivers that had the address in them. */
  webhookAnswers: number;
  /** Events that the event database had rejected. */
  refusedEvents: number;
  /** Records of the mirror that could not be read. */
  setAside: number;
  contacts: number;
  suppressions: number;
}
