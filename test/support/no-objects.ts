/** An object store for tests that store no mail and no file. */
import type { ObjectStore } from "../../src/stores/objects/object-store.ts";

export const noObjects: ObjectStore = {
  appendToPack: () => Promise.reject(new Error("no mail is kept here")),
  write: () => Promise.reject(new Error("no file is written here")),
  read: async () => undefined,
  info: async () => undefined,
  delete: async () => {},
  deleteAll: async () => {},
  erase: async () => 0,
  list: async function* () {},
  downloadUrl: () => undefined,
  close: async () => {},
};
