/** Settings of the SMTP ports for incoming mail: submissions, bounces and complaints. */
import { optional, setting } from "./setting.ts";
import { portOrOff, text } from "./values.ts";

export const mailPortSettings = {
  smtpHost: optional(
    "MAILGLASS_SMTP_HOST",
    "The address that the SMTP ports and the bounce port listen on. Unset: MAILGLASS_HOST.",
    text,
  ),
  smtpPort: setting(
    "MAILGLASS_SMTP_PORT",
    "The port where SMTP clients submit mail; it offers STARTTLS. 0: any free port. `off`: none.",
    "1025",
    portOrOff,
  ),
  smtpsPort: setting(
    "MAILGLASS_SMTPS_PORT",
    "The port where SMTP clients submit mail over implicit TLS. 0: any free port. `off`: none.",
    "off",
    portOrOff,
  ),
  bouncePort: setting(
    "MAILGLASS_BOUNCE_PORT",
    "The SMTP port that receives bounces and complaints. It is open only with MAILGLASS_DELIVERY=relay or mx. 0: any free port. `off`: none.",
    "2526",
    portOrOff,
  ),
  smtpCertificate: optional(
    "MAILGLASS_SMTP_CERTIFICATE",
    "The PEM file with the TLS certificate of the SMTP ports and its chain. Unset: the server makes a self-signed certificate, which clients can't verify.",
    text,
  ),
  smtpCertificateKey: optional(
    "MAILGLASS_SMTP_CERTIFICATE_KEY",
    "The PEM file with the private key of that certificate. Unset: the key is in the certificate's file.",
    text,
  ),
};
