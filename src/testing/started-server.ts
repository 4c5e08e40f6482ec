/** A server that listens, wherever it runs. */
export interface StartedServer {
  readonly url: string;
  /** Undefined without an SMTP port. */
  readonly smtpPort: number | undefined;
  /** Ends it; resolves when its data are gone. */
  stop(): Promise<void>;
}
