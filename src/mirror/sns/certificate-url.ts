/** Checks the URLs of SNS's signing certificates. */
import { snsHost } from "./topic-arn.ts";

/** Matches the raw text: a URL parser would tolerate a user name, a port, a tab or an encoded dot. */
const form = /^https:\/\/([a-z0-9.-]+)\/SimpleNotificationService-[A-Za-z0-9]{1,128}\.pem$/;

/**
 * Whether the URL may have a signing certificate of SNS in this region. Only SNS's own host in the region is accepted,
 * since S3 buckets have similar-looking hosts, where anyone can publish a certificate.
 */
export function isCertificateUrl(url: string, region: string): boolean {
  return form.exec(url)?.[1] === snsHost(region);
}
