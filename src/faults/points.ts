/** Where rules of faults apply, and what is known there. */
import type { SmtpStage } from "../admin-api/faults.ts";

/** The operation of mail over SMTP. */
export const smtpOperation = "SendSmtpEmail";

/** A call of an API, before its input is read. */
export interface CallPoint {
  readonly at: "call";
  readonly api: "v1" | "v2";
  readonly operation: string;
}

/** A message that is about to be accepted: whatever SES would refuse has been refused. */
export interface MessagePoint {
  readonly at: "message";
  readonly api: "v1" | "v2" | "smtp";
  readonly operation: string;
  readonly sender: string;
  readonly recipients: readonly string[];
  readonly tags: Readonly<Record<string, readonly string[]>>;
  readonly configurationSet: string | undefined;
}

/** A command of an SMTP client. */
export interface SmtpPoint {
  readonly at: "smtp";
  readonly stage: SmtpStage;
  /** From MAIL on. */
  readonly sender?: string | undefined;
  /** The one of RCPT; all of them from DATA on. */
  readonly recipients?: readonly string[] | undefined;
}

export type FaultPoint = CallPoint | MessagePoint | SmtpPoint;
