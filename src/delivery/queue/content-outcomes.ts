/** The outcomes of mail whose content can't be read. */
import type { Outcome } from "../transport.ts";

/** An operator may still restore the damaged file: the mail is tried again until it expires. */
export const contentDamaged: Outcome = {
  delivered: false,
  failure: {
    stage: "route",
    permanent: false,
    reply: undefined,
    message: "The message's content in the object store is damaged",
    status: "4.3.0",
    host: undefined,
    affectsDomain: false,
  },
};

/** Content that is missing from the store (an operator removed its files) can't be delivered. */
export const contentLost: Outcome = {
  delivered: false,
  failure: {
    stage: "route",
    permanent: true,
    reply: undefined,
    message: "The message's content is no longer in the object store",
    status: "5.3.0",
    host: undefined,
    affectsDomain: false,
  },
};
