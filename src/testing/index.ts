/** The package's entry `mailglass/testing`: see docs/testing.md. */
export type { EventOnDemand, FaultRule, NewFaultRule, TestClockState } from "../admin-api/faults.ts";
export { type Credentials, MailglassError } from "./api-client.ts";
export type { Clock } from "./clock.ts";
export { type ConnectOptions, connectMailglass } from "./connect-mailglass.ts";
export type { Fault, Faults } from "./faults.ts";
export type { Inbox, ListOptions, MessageFilter, WaitForOptions } from "./inbox.ts";
export type { AccountOptions, Mailglass } from "./mailglass.ts";
export type { Attachment, Header, Link, Mailbox, Message } from "./message.ts";
export type { EventsOptions, MessageEvent } from "./message-events.ts";
export { type StartOptions, startMailglass } from "./start-mailglass.ts";
export type { ClientConfig, MailglassEnvironment, TestAccount } from "./test-account.ts";
export { type Arrived, MailglassTimeout } from "./wait.ts";
