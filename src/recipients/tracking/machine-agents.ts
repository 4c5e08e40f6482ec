/**
 * Known clients that fetch pixels and follow links, by User-Agent. The first matching entry counts. Patterns run on
 * bounded input and have no nested repetition.
 *
 * There are two kinds of image proxies. Google's and Yahoo's fetch an image when a person opens the mail (only at the
 * first open for Google, which caches it), so they count as a person. Apple's Mail Privacy Protection fetches all
 * images of all mail soon after it arrives, opened or not, with only `Mozilla/5.0` as its User-Agent. It counts as a
 * machine; whether its user opened the mail can't be determined.
 */
import type { Machine } from "../../events/event.ts";

export interface Agent {
  readonly name: string;
  readonly pattern: RegExp;
  /** The kind of machine, or `person` if the client acts for a person at that moment. */
  readonly is: Machine | "person";
}

export const agents: readonly Agent[] = [
  // Proxies
  { name: "Apple Mail Privacy Protection", pattern: /^Mozilla\/5\.0$/, is: "proxy" },
  {
    name: "Gmail, before it is opened",
    pattern: /Chrome\/42\.0\.2311\.135 Safari\/537\.36 Edge\/12\.246/,
    is: "prefetch",
  },
  { name: "Google's image proxy", pattern: /GoogleImageProxy|ggpht\.com/, is: "person" },
  { name: "Yahoo's image proxy", pattern: /YahooMailProxy/, is: "person" },

  // Link and mail scanners
  { name: "Barracuda", pattern: /Barracuda/i, is: "scanner" },
  { name: "Cisco", pattern: /IronPort|Cisco-?(?:ESA|Umbrella|Talos)/i, is: "scanner" },
  { name: "Forcepoint", pattern: /Forcepoint|Websense/i, is: "scanner" },
  { name: "Fortinet", pattern: /FortiGuard|FortiMail|Fortinet/i, is: "scanner" },
  {
    name: "Microsoft Defender",
    pattern: /SafeLinks|BingPreview|Microsoft-?URLAnalyzer|MSDefender|WinHttp\.WinHttpRequest/i,
    is: "scanner",
  },
  { name: "Mimecast", pattern: /Mimecast/i, is: "scanner" },
  { name: "Proofpoint", pattern: /Proofpoint|URLDefense|pphosted/i, is: "scanner" },
  { name: "Sophos", pattern: /Sophos/i, is: "scanner" },
  { name: "Symantec", pattern: /Symantec|MessageLabs|BlueCoat/i, is: "scanner" },
  { name: "Trellix and FireEye", pattern: /Trellix|FireEye|McAfee/i, is: "scanner" },
  { name: "Trend Micro", pattern: /TrendMicro|Trend Micro|TMUFE/i, is: "scanner" },
  {
    name: "others",
    pattern: /Check ?Point|Zscaler|Avanan|Abnormal Security|VirusTotal|urlscan|PhishTank|Google-Safety/i,
    is: "scanner",
  },

  // Mail clients whose names look like those of tools
  {
    name: "Outlook",
    pattern: /\bOutlook(?:-iOS|-Android|Mobile|\/|\b)|\bMicrosoft Office\b|\bms-office\b/i,
    is: "person",
  },
  {
    name: "mail programs",
    pattern:
      /\b(?:Thunderbird|Betterbird|Airmail|Spark|eMClient|eM Client|Mailbird|MailMate|Postbox|Evolution|KMail|Geary|Lotus-Notes|IBM Notes|The Bat!|K-9 ?Mail|FairEmail|BlueMail|SamsungEmail|YahooMobileMail|ProtonMail)\b/i,
    is: "person",
  },
];
