/** Nulls that SES does not take as absent. */
import { expect, test } from "vitest";
import { decode } from "./decode.ts";
import type { OperationName } from "./types.ts";

const read = (name: OperationName, body: object) => decode(name, { labels: {}, query: "", body: JSON.stringify(body) });

test.each<[OperationName, object]>([
  ["PutAccountSendingAttributes", { SendingEnabled: null }],
  ["PutConfigurationSetSendingOptions", { SendingEnabled: null }],
  ["PutEmailIdentityDkimAttributes", { SigningEnabled: null }],
  ["PutEmailIdentityFeedbackAttributes", { EmailForwardingEnabled: null }],
  ["CreateContact", { UnsubscribeAll: null }],
  ["CreateConfigurationSet", { SendingOptions: { SendingEnabled: null } }],
  ["CreateConfigurationSet", { ReputationOptions: { ReputationMetricsEnabled: null } }],
  ["ListContacts", { Filter: { TopicFilter: { UseDefaultIfPreferenceUnavailable: null } } }],
])("%s with %j, a null boolean, is refused without a text", (name, body) => {
  const refused = { code: "SerializationException", status: 400, text: undefined };
  expect(() => read(name, body)).toThrow(expect.objectContaining(refused));
});

test.each<[OperationName, object]>([
  ["PutAccountSuppressionAttributes", { SuppressedReasons: ["BOUNCE", null] }],
  ["PutConfigurationSetSuppressionOptions", { SuppressedReasons: [null] }],
  ["CreateConfigurationSet", { SuppressionOptions: { SuppressedReasons: [null] } }],
])("%s names a null reason", (name, body) => {
  expect(() => read(name, body)).toThrow(
    expect.objectContaining({
      code: "BadRequestException",
      text: "Reason null is invalid, must be one of [BOUNCE, COMPLAINT].",
    }),
  );
});
