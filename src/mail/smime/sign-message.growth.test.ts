import { describe, it } from "vitest";
import { expectLinear } from "../../../test/support/growth.ts";
import { hostileHeaders, hostileStructures } from "../../../test/support/hostile-mails.ts";
import { signMessage } from "./sign-message.ts";

/** The signature itself is the library's, of a digest. */
const signer = { micalg: "sha-256", sign: async () => Buffer.from("signature") };

describe("a message is taken apart and put together for S/MIME in linear time", () => {
  it.each(Object.entries({ ...hostileStructures, ...hostileHeaders }))("%s", async (_, make) => {
    await expectLinear(make, (mail) => signMessage(mail, signer, new Date(0)), { most: 1 << 18 });
  });
});
