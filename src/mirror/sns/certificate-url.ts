/** Which URLs may have the certificates of SNS's signatures. */
import { snsHost } from "./topic-arn.ts";

/** Of the text itself: a parser would forgive a user name, a port, a tab or an encoded dot that fools another one. */
const form = /^https:\/\/([a-z0-9.-]+)\/SimpleNotificationService-[A-Za-z0-9]{1,128}\.pem$/;

/**
 * Whether a certificate of SNS in this region may be at the URL: on SNS's own host in the region, and nowhere else. Buckets
 * have hosts that look alike, in which anyone may put a certificate.
 */
export function isCertificateUrl(url: string, region: string): boolean {
  return form.exec(url)?.[1] === snsHost(region);
}
