/** The paths under /admin/archives. */

/** An archive of sent mail. */
export interface Archive {
  id: string;
  /** For PutConfigurationSetArchivingOptions. */
  arn: string;
  name: string;
  /** How many days each message is kept. */
  retentionDays: number;
  createdAt: string;
}

/** GET /admin/archives. */
export interface ArchiveList {
  archives: Archive[];
}

/** A message in an archive. */
export interface ArchivedMessage {
  messageId: string;
  sentAt: string;
  sender: string;
  /** The recipients to whom it was to be delivered, also those in Bcc. */
  recipients: readonly string[];
  subject: string;
  /** In bytes. */
  size: number;
}

/** GET /admin/archives/{id}/messages: the newest first. */
export interface ArchivedMessagePage {
  messages: ArchivedMessage[];
  /** For the parameter `after`, if there are more. */
  next?: string;
}
