/** Errors about suppression and contact lists. */
import { alreadyExists, badRequest, notFound, ServiceError } from "./service-error.ts";

export const recipientErrors = {
  // Suppression lists: SES's text for the account's list, adapted for a tenant's
  suppressedDestinationNotFound: (address: string, ofTenant: boolean) =>
    notFound(`Email address ${address} does not exist on your ${ofTenant ? "tenant " : ""}suppression list.`),
  suppressionReasonNull: () => badRequest("Reason null is invalid, must be one of [BOUNCE, COMPLAINT]."),
  // From here on, our own texts.
  suppressedAddressInvalid: (address: string) => badRequest(`Invalid email address <${address}>.`),
  suppressionPageSize: (limit: number) => badRequest(`The page size must be between 1 and ${limit}`),
  suppressionToken: () => new ServiceError("InvalidNextTokenException", "Invalid Next Token"),

  // The contact list named by a message
  contactListNotFound: (name: string) => notFound(`List with name: ${name} doesn't exist.`),

  // Contact lists and contacts
  contactListNameBlank: () => badRequest("ContactListName can't be blank."),
  contactListName: () =>
    badRequest(
      "ContactListName can contain up to 64 characters. Only alphanumeric characters, underscores(_) and hyphens(-) are allowed.",
    ),
  contactListLimit: (limit: number) => badRequest(`A maximum of ${limit} Lists allowed per account.`),
  tooManyTopics: (limit: number) => badRequest(`Maximum of <${limit}> topics allowed per ContactList`),
  topicNameBlank: () => badRequest("TopicName can't be blank."),
  topicName: () =>
    badRequest(
      "TopicName can contain up to 64 characters. Only alphanumeric characters, underscores(_) and hyphens(-) are allowed.",
    ),
  topicDisplayName: (limit: number) => badRequest(`Topic DisplayName can contain up to <${limit}> characters.`),
  repeatedTopic: () => badRequest("Duplicate topic names are not allowed within a List."),
  listDescription: (limit: number) => badRequest(`List description can contain up to ${limit} characters.`),
  topicNotInList: (list: string, topic: string) => badRequest(`List: ${list} doesn't contain Topic: ${topic}`),

  // The filter of ListContacts: SES's texts, and its code for a missing topic, which differs from that of other operations.
  filteredStatusMissing: () => badRequest("Invalid FilteredStatus <null>"),
  filterTopicBlank: () => badRequest("TopicName can't be blank in TopicFilter."),
  filterTopicNotFound: (list: string, topic: string) => notFound(`List: ${list} doesn't contain Topic: ${topic}`),
  contactsToken: () => badRequest("Provided NextToken is invalid"),
  contactAddressBlank: () => badRequest("EmailAddress can't be blank."),
  contactAddress: (address: string) => badRequest(`EmailAddress <${address}> is invalid`),
  contactExists: (address: string) => alreadyExists(`${address} already exists in List.`),
  contactNotFound: (address: string) => notFound(`${address} doesn't exist in List.`),
  // From here on, our own texts. SES allows one list only, so it reports the limit first.
  contactListExists: (name: string) => alreadyExists(`List with name: ${name} already exists.`),
  topicDescription: (limit: number) => badRequest(`Topic Description can contain up to <${limit}> characters.`),
  contactText: (member: string) => badRequest(`${member} must not contain NUL characters or unpaired surrogates.`),
  attributesNoObject: () => badRequest("AttributesData must be a valid JSON object."),
  attributesTooLong: (limit: number) => badRequest(`AttributesData can contain up to ${limit} bytes.`),
  contactPageSize: (limit: number) => badRequest(`The page size must be between 1 and ${limit}`),
  contactToken: (token: string) => badRequest(`Invalid NextToken <${token}>.`),
} as const;
