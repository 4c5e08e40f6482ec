/** Settings for authentication: who may call the server and send mail. */
import { optional } from "./setting.ts";
import { masterKeyBytes, oneOf } from "./values.ts";

export const accessSettings = {
  auth: optional(
    "MAILGLASS_AUTH",
    "`required`: every call must be signed with an access key of this server, and SMTP clients must log in with credentials made from one (`mailglass keys`). `off`: any credentials are accepted. With `off`, the server accepts only host names that nobody else can own (see docs/security.md). Unset: `required` if other machines can reach the server: MAILGLASS_HOST, MAILGLASS_SMTP_HOST or the host of MAILGLASS_PUBLIC_URL is not a loopback address, or MAILGLASS_TRUSTED_PROXIES is set. Otherwise `off`.",
    oneOf("off", "required"),
  ),
  masterKey: optional(
    "MAILGLASS_MASTER_KEY",
    "The key that encrypts secrets in the database (DKIM private keys, secret access keys, the keys of links and return paths): 32 bytes in base64. All servers on one database need the same key. Unset: the first start creates `master.key` in the data folder.",
    masterKeyBytes,
  ),
  identityVerification: optional(
    "MAILGLASS_IDENTITY_VERIFICATION",
    "`required`: the sender of a message must be a verified email identity. With MAILGLASS_DELIVERY=capture, an identity is verified as soon as it is created. `off`: any sender is accepted. Unset: `off` with MAILGLASS_DELIVERY=capture, otherwise `required`.",
    oneOf("off", "required"),
  ),
  rateLimits: optional(
    "MAILGLASS_RATE_LIMITS",
    "`ses`: API calls are limited to the rates of SES, for most operations one call a second; sending is not limited. `off`: no limits. Unset: `ses` if other machines can reach the server (see MAILGLASS_AUTH), otherwise `off`.",
    oneOf("off", "ses"),
  ),
};
