/** The contexts of sealed values: what each belongs to, so that none can be moved to another's place. */
export const sealContexts = {
  accessKey: (id: string) => `access key ${id}`,
  dkimKey: (identity: string, selector: string) => `dkim:${identity}:${selector}`,
  webhookSecret: (id: string) => `webhook ${id}`,
  secret: (name: string) => `secret ${name}`,
};
