/** What the pages know of contact lists. */
import { queryOptions } from "@tanstack/react-query";
import { ApiError } from "../../api/api-error.ts";
import { type Answer, ses } from "../../api/ses.ts";

export type ContactList = NonNullable<Answer<"ListContactLists">["ContactLists"]>[number];

/** All contact lists; there is one unless a setting allows more, so all pages are read. */
export const contactListsQuery = queryOptions({
  queryKey: ["contact lists"],
  queryFn: async ({ signal }) => {
    const lists: ContactList[] = [];
    let token: string | undefined;
    do {
      const page = await ses("ListContactLists", { NextToken: token }, signal);
      lists.push(...(page.ContactLists ?? []));
      token = page.NextToken;
    } while (token !== undefined);
    return lists;
  },
});

/** Their names. */
export const contactListNamesQuery = queryOptions({
  ...contactListsQuery,
  select: (lists: ContactList[]) => lists.map(({ ContactListName: name = "" }) => name),
});

export type Topic = NonNullable<Answer<"GetContactList">["Topics"]>[number];
export type Contact = NonNullable<Answer<"ListContacts">["Contacts"]>[number];

/** What all queries about a list's contacts begin with. */
export const contactsKey = "contacts";

/** A list with its topics. */
export function contactListQuery(name: string) {
  return queryOptions({
    queryKey: ["contact list", name],
    queryFn: ({ signal }) => ses("GetContactList", { ContactListName: name }, signal),
  });
}

/** A contact with its attributes; null where there is none. */
export function contactQuery(list: string, address: string) {
  return queryOptions({
    queryKey: [contactsKey, list, "address", address],
    queryFn: async ({ signal }) => {
      try {
        return await ses("GetContact", { ContactListName: list, EmailAddress: address }, signal);
      } catch (error) {
        if (error instanceof ApiError && error.isNotFound) return null;
        throw error;
      }
    },
  });
}
