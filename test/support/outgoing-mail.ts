/** Mail for transports, and their outcomes. */
import type { Failure, Outcome, OutgoingMail, Transport } from "../../src/delivery/transport.ts";

/** A small message for one recipient. */
export function outgoingMail(changes: Partial<OutgoingMail> = {}): OutgoingMail {
  const recipient = changes.recipient ?? "to@example.com";
  return {
    recipient,
    domain: recipient.slice(recipient.lastIndexOf("@") + 1),
    returnPath: "from@sender.test",
    message: [Buffer.from("Subject: Hello\r\n\r\n"), Buffer.from("One\r\n.two\r\n")],
    eightBit: false,
    internationalized: false,
    tls: "opportunistic",
    ...changes,
  };
}

/** What came of one try, which is settled once. */
export async function outcomeOf(transport: Transport, mail: OutgoingMail): Promise<Outcome> {
  const outcomes: Outcome[] = [];
  await transport.deliver(mail, async (outcome) => {
    outcomes.push(outcome);
  });
  const [outcome, ...more] = outcomes;
  if (outcome === undefined || more.length > 0) throw new Error(`settled ${outcomes.length} times`);
  return outcome;
}

/** The failure of one try. */
export async function failureOf(transport: Transport, mail: OutgoingMail): Promise<Failure> {
  const outcome = await outcomeOf(transport, mail);
  if (outcome.delivered) throw new Error("it was delivered");
  return outcome.failure;
}
