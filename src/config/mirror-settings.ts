/** Settings of the mirror of real SES accounts. */
import { optional } from "./setting.ts";

export const mirrorSettings = {
  mirrorSnsCertificates: optional(
    "MAILGLASS_MIRROR_SNS_CERTIFICATES",
    "For an emulator of SNS, or another Mailglass with webhooks, that posts to [the mirror](mirror.md): the start of its certificate URLs, such as `http://localhost:4566/`. Anyone who controls these URLs can forge events. Unset: only certificates of AWS are accepted.",
    (text) => {
      const url = URL.parse(text);
      if (!url || !/^https?:$/.test(url.protocol))
        throw new Error("must be a URL that begins with https:// or http://");
      if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
        throw new Error("must have neither a user name, a password, a query nor a fragment");
      }
      // A host must not be the beginning of another one.
      return url.href.endsWith("/") ? url.href : `${url.href}/`;
    },
  ),
};
