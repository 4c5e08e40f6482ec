import { defaultScope } from "../../stores/postgres/database.ts";

/** The contexts of sealed values: what each belongs to, so that none can be moved to another's place. */
export const sealContexts = {
  accessKey: (id: string) => `access key ${id}`,
  /** Keys of the default scope have no number: they may be from before there were others. */
  dkimKey: (scope: number, identity: string, selector: string) =>
    `dkim${scope === defaultScope ? "" : `@${scope}`}:${identity}:${selector}`,
  smimeKey: (id: string) => `smime ${id}`,
  webhookSecret: (id: string) => `webhook ${id}`,
  mirrorSecret: (id: string) => `mirror ${id}`,
  seedPassword: (id: string) => `seed mailbox ${id}`,
  secret: (name: string) => `secret ${name}`,
};
