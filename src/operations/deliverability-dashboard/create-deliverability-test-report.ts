import { randomUUID } from "node:crypto";
import { ServiceError } from "../../contract/errors/service-error.ts";
import { errors } from "../../contract/errors.ts";
import type { CallContext, Handler, Input } from "../../contract/types.ts";
import { createMessageId } from "../../events/message-id.ts";
import { badContentReason } from "../../mail/content-scan.ts";
import { concludeMail, deleteTest, insertTest, type NewTestMail } from "../../stores/postgres/deliverability-tests.ts";
import { selectEnabledSeeds } from "../../stores/postgres/seed-mailboxes.ts";
import { acceptMessage } from "../sending/accept-message.ts";
import type { AcceptedMessage } from "../sending/accepted-message.ts";
import { admitMessage, type Intake } from "../sending/send-email.ts";
import { checkTags } from "../tags.ts";
import type { DeliverabilityServices } from "./deliverability-services.ts";

/** The most tests of an account in a region that are in progress. SES's limit is unknown. */
const maxOpenTests = 20;

const intake: Intake = { operation: "CreateDeliverabilityTestReport" };

type Services = Pick<DeliverabilityServices, "database" | "sending" | "testHours" | "wakeTests">;

/**
 * CreateDeliverabilityTestReport: sends the message to each seed mailbox, as SendEmail does. The test and the IDs of its
 * messages are committed before the first message is: after a crash in between, the poller finds what was sent, and
 * tells what was not. The test counts toward the sending limits like one message to all mailboxes.
 */
export function createDeliverabilityTestReport(services: Services): Handler<"CreateDeliverabilityTestReport"> {
  const { database, sending, testHours, wakeTests } = services;
  return async (input, context) => {
    const tags = checkTags(input.Tags);
    if (sending.delivery.mode === "capture") throw errors.placementTestInCapture();
    const seeds = await selectEnabledSeeds(database);
    const [firstSeed] = seeds;
    if (!firstSeed) throw errors.noSeedMailboxes();
    const first = await admit(sending, input, firstSeed.address, context);
    await sending.limits.take(seeds.length, seeds.length);

    const { now } = context;
    const mails = seeds.map(({ id, address, isp }) => ({ seed: id, address, isp, messageId: createMessageId(now) }));
    const test = {
      id: randomUUID(),
      name: input.ReportName ?? null,
      subject: storable(first.message.subject),
      fromAddress: storable(input.FromEmailAddress) ?? first.message.from.address,
      createdAt: now,
      dueAt: new Date(now.getTime() + testHours * 3_600_000),
      tags,
    };
    if (!(await insertTest(database, test, mails, maxOpenTests))) throw errors.placementTestLimit(maxOpenTests);
    await sendAll(services, { test: test.id, mails, input, context });
    wakeTests();
    return { ReportId: test.id, DeliverabilityTestStatus: "IN_PROGRESS" };
  };
}

/** PostgreSQL rejects NUL in a text. */
function storable(text: string | undefined): string | null {
  return text?.replaceAll("\0", "").toWellFormed() ?? null;
}

interface SentTest {
  readonly test: string;
  readonly mails: readonly NewTestMail[];
  readonly input: Input<"CreateDeliverabilityTestReport">;
  readonly context: CallContext;
}

/**
 * Sends the messages one after the other, because each may be large. If none could be sent, deletes the test and throws
 * the first error; otherwise the placement of those that were not sent is unknown.
 */
async function sendAll({ database, sending }: Services, { test, mails, input, context }: SentTest): Promise<void> {
  // Counted already.
  const counted = { ...sending, limits: { take: async () => {} } };
  const failed: { readonly address: string; readonly error: unknown }[] = [];
  for (const { address, messageId } of mails) {
    try {
      const message = await admit(sending, input, address, context);
      await acceptMessage(counted, { ...message, messageId });
    } catch (error) {
      failed.push({ address, error });
    }
  }
  if (failed.length === mails.length) {
    await deleteTest(database, test);
    throw failed[0]?.error;
  }
  for (const { address, error } of failed) {
    const isRefusal = error instanceof ServiceError;
    if (!isRefusal) sending.failed(error, context.requestId);
    const note = `The message was not sent: ${(isRefusal ? error : errors.unexpected(error)).message}`;
    await concludeMail(
      database,
      { test, address },
      { placement: "unknown", folder: null, spf: null, dkim: null, note },
      context.now,
    );
  }
}

/** Checks the message to a mailbox. A message that SendEmail accepts only to fail later has no placement to test. */
async function admit(
  sending: Services["sending"],
  { FromEmailAddress, Content }: Input<"CreateDeliverabilityTestReport">,
  address: string,
  context: CallContext,
): Promise<AcceptedMessage> {
  const email = { FromEmailAddress, Content, Destination: { ToAddresses: [address] } };
  const admitted = await admitMessage(sending, email, intake, context);
  if (admitted.failure) throw errors.placementTestRendering(admitted.failure.errorMessage);
  if (admitted.message.badContent) throw errors.contentRejected(badContentReason);
  return admitted;
}
