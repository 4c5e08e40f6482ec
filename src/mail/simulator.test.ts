import { expect, test } from "vitest";
import { parseAddress } from "./address.ts";
import { isSimulated, simulatedOutcomes } from "./simulator.ts";

const outcomes = (address: string) => simulatedOutcomes(parseAddress(address));
const delivery = { type: "DELIVERY", smtpResponse: "250 Ok" };
const failed = { type: "BOUNCE", bounceType: "Permanent", bounceSubType: "General", action: "failed", status: "5.1.1" };

test.each(["bounce@example.com", "bounce@amazonses.com", "bounce@x.simulator.amazonses.com"])(
  "%s is none",
  (address) => {
    expect(outcomes(address)).toBeUndefined();
    expect(isSimulated(parseAddress(address))).toBe(false);
  },
);

test("an address that is not documented is unknown", () => {
  const diagnosticCode = "smtp; 550 5.1.1 User unknown <nobody@simulator.amazonses.com>";
  expect(outcomes("nobody@simulator.amazonses.com")).toEqual([{ ...failed, diagnosticCode }]);
});

test("success", () => {
  expect(outcomes("success@simulator.amazonses.com")).toEqual([delivery]);
});

test.each([
  "bounce@simulator.amazonses.com",
  "bounce+one+two@simulator.amazonses.com",
  "Bounce@SIMULATOR.amazonses.com",
])("%s bounces, and says its name", (address) => {
  const diagnosticCode = `smtp; 550 5.1.1 As requested: user unknown <${address}>`;
  expect(outcomes(address)).toEqual([{ ...failed, diagnosticCode }]);
});

test("a complaint follows the delivery", () => {
  expect(outcomes("complaint+label@simulator.amazonses.com")).toEqual([
    delivery,
    { type: "COMPLAINT", complaintFeedbackType: "abuse", userAgent: "Amazon SES Mailbox Simulator" },
  ]);
});

test("out of office is a delivery and a transient bounce without a status", () => {
  expect(outcomes("ooto@simulator.amazonses.com")).toEqual([
    delivery,
    { type: "BOUNCE", bounceType: "Transient", bounceSubType: "General" },
  ]);
});

test("the suppressed address bounces as General", () => {
  const address = "suppressionlist@simulator.amazonses.com";
  const diagnosticCode = `smtp; 550 5.1.1 As requested: user unknown (suppressed address: ${address})`;
  expect(outcomes(address)).toEqual([{ ...failed, diagnosticCode }]);
});
