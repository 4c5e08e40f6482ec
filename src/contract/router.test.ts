import { expect, test } from "vitest";
import { ServiceError } from "./errors/service-error.ts";
import { operations } from "./operations.ts";
import { route } from "./router.ts";

test("every operation is found at its own path, with every label", () => {
  for (const { name, method, path } of operations) {
    const found = route(method, path.replaceAll(/\{(\w+)\}/g, "value-of-$1"));
    expect(found?.operation.name).toBe(name);
    const labels = [...path.matchAll(/\{(\w+)\}/g)].map(([, label]) => [label, `value-of-${label}`]);
    expect(found?.labels).toEqual(Object.fromEntries(labels));
  }
});

test.each([
  ["GET", "/v2/email/insights/0100-abc/", "GetMessageInsights"],
  ["GET", "/v2/email/insights/0100-abc", "GetMessageInsights"],
  ["POST", "/v2/email/email-address-insights/", "GetEmailAddressInsights"],
  ["POST", "/v2/email/email-address-insights", "GetEmailAddressInsights"],
  ["POST", "/v2/email/contact-lists/all/contacts/list", "ListContacts"],
  ["GET", "/v2/email/contact-lists/all/contacts/list", "GetContact"],
  ["GET", "/v2/email/import-jobs/list", "GetImportJob"],
  // As older SDKs ask.
  ["GET", "/v2/email/identities", "ListEmailIdentities"],
  ["GET", "/v2/email/configuration-sets", "ListConfigurationSets"],
  ["GET", "/v2/email/contact-lists/all/contacts", "ListContacts"],
  ["GET", "/v2/email/import-jobs", "ListImportJobs"],
  ["PUT", "/v1/email/identities/example.com/dkim/signing", "PutEmailIdentityDkimSigningAttributes"],
  // With a slash at the end.
  ["POST", "/v2/email/outbound-emails/", "SendEmail"],
  ["GET", "/v2/email/account/", "GetAccount"],
  ["GET", "/v2/email/identities/example.com/", "GetEmailIdentity"],
  ["GET", "/v2/email/contact-lists/", "ListContactLists"],
  ["PUT", "/v1/email/identities/example.com/dkim/signing/", "PutEmailIdentityDkimSigningAttributes"],
])("%s %s is %s", (method, path, name) => {
  expect(route(method, path)?.operation.name).toBe(name);
});

const entity = "/v2/email/reputation/entities/RESOURCE/";
const tenant = "arn:aws:ses:us-east-1:000000000000:tenant/acme/tn-1";
const partly = tenant.replace("/", "%2f");

test.each([
  ["GET", "", "GetReputationEntity"],
  ["GET", "/", "GetReputationEntity"],
  ["PUT", "/policy", "UpdateReputationEntityPolicy"],
  ["PUT", "/policy/", "UpdateReputationEntityPolicy"],
  ["PUT", "/customer-managed-status", "UpdateReputationEntityCustomerManagedStatus"],
])("the ARN of a reputation entity may have slashes: %s …%s", (method, end, name) => {
  for (const reference of [tenant, encodeURIComponent(tenant), partly, tenant.replaceAll(":", "%3A")]) {
    const found = route(method, `${entity}${reference}${end}`);
    expect(found?.operation.name).toBe(name);
    expect(found?.labels).toEqual({ ReputationEntityType: "RESOURCE", ReputationEntityReference: tenant });
  }
});

test("a reputation entity may be called like an operation's segment", () => {
  const reference = "a/policy";
  expect(route("GET", `${entity}${reference}`)?.labels.ReputationEntityReference).toBe(reference);
  expect(route("PUT", `${entity}policy/policy`)?.labels.ReputationEntityReference).toBe("policy");
  expect(route("PUT", `${entity}policy/policy/policy`)?.labels.ReputationEntityReference).toBe("policy/policy");
});

test.each([
  ["GET", entity],
  ["GET", `${entity}/`],
  ["PUT", `${entity}${tenant}`],
  ["PUT", `${entity}policy`],
  ["PUT", `${entity}/policy`],
  ["POST", `${entity}${tenant}/policy`],
  ["DELETE", `${entity}${tenant}`],
  ["GET", "/v2/email/identities/a/b/c"],
])("%s %s is no operation on a reputation entity", (method, path) => {
  expect(route(method, path)).toBeUndefined();
});

test.each([
  ["HEAD", "/v2/email/account"],
  ["get", "/v2/email/account"],
  ["PATCH", "/v2/email/account"],
  ["GET", "/v2/email/outbound-emails"],
  ["POST", "/v2/email/outbound-emails//"],
  ["POST", "/v2/email/outbound-emails/more"],
  ["GET", "/v1/email/account"],
  ["PUT", "/v1/email/identities/example.com/dkim"],
  ["GET", "/v2/email/identities/"],
  ["GET", "/v2/email/insights//"],
  ["GET", "/v2/email"],
  ["GET", "/"],
  ["GET", ""],
  ["GET", "//v2/email/account"],
  ["GET", "/v2/email/{JobId}"],
  ["GET", "/v2/email/__proto__"],
  ["constructor", "/v2/email/account"],
])("%s %s is no operation", (method, path) => {
  expect(route(method, path)).toBeUndefined();
});

test.each([
  ["a%2Fb%40example.com", "a/b@example.com"],
  ["a+b@example.com", "a+b@example.com"],
  ["a%2Bb%20c", "a+b c"],
  ["%E6%BC%A2%C3%A9", "漢é"],
  ["%2e%2e", ".."],
  ["__proto__", "__proto__"],
  ["100%25", "100%"],
])("the label %s is read as %s", (encoded, decoded) => {
  expect(route("GET", `/v2/email/suppression/addresses/${encoded}`)?.labels).toEqual({ EmailAddress: decoded });
});

test.each(["%", "a%2", "%zz", "%FF", "%C3", "%ED%A0%80"])("the label %s is the client's error", (label) => {
  expect(() => route("GET", `/v2/email/suppression/addresses/${label}`)).toThrow(ServiceError);
  expect(() => route("GET", `/v2/email/suppression/addresses/${label}`)).toThrow(
    expect.objectContaining({ code: "SerializationException", status: 400 }),
  );
});

test("older paths have their labels", () => {
  expect(route("PUT", "/v1/email/identities/a%2Fb/dkim/signing")?.labels).toEqual({ EmailIdentity: "a/b" });
  expect(route("GET", "/v2/email/contact-lists/news/contacts")).toMatchObject({
    labels: { ContactListName: "news" },
    olderList: true,
  });
});
