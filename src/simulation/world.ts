/** The model of simulated traffic: senders, recipients and success rates. The figures are invented. */

/** A kind of mail from one sender. */
export interface Stream {
  weight: number;
  source: string;
  identity: string;
  configurationSet: string | undefined;
  tenant: string | undefined;
  /** The caller's tags. */
  tags: Readonly<Record<string, readonly string[]>>;
  subjects: readonly string[];
  /** Whether the mail has HTML with a tracking pixel and links. */
  tracked: boolean;
  /** Rates of complaints and engagement relative to other streams. */
  complaints: number;
  engagement: number;
}

/** A mailbox provider with the outcomes of mail to it. */
export interface Provider {
  weight: number;
  domain: string;
  /** Probabilities. The rest is delivered. */
  permanentBounce: number;
  transientBounce: number;
  delay: number;
  complaint: number;
  open: number;
  /** Of recipients who opened the mail. */
  click: number;
  /** Of all recipients: those whose proxy fetches images on arrival, and those whose scanner follows a link. */
  proxied: number;
  scanned: number;
  /** Mean seconds to delivery. */
  latency: number;
}

export const streams: readonly Stream[] = [
  {
    weight: 40,
    source: "news@shop.example.com",
    identity: "shop.example.com",
    configurationSet: "marketing",
    tenant: undefined,
    tags: { campaign: ["weekly"] },
    subjects: ["Your week at the shop", "20% off, today only", "Neu eingetroffen: Mäntel & Schals", "=SUM of savings"],
    tracked: true,
    complaints: 2,
    engagement: 0.7,
  },
  {
    weight: 30,
    source: "orders@shop.example.com",
    identity: "shop.example.com",
    configurationSet: "transactional",
    tenant: undefined,
    tags: { kind: ["order"] },
    subjects: ["Your order is on its way", "Your receipt", "Delivered: tell us how it was"],
    tracked: true,
    complaints: 0.2,
    engagement: 1.6,
  },
  {
    weight: 15,
    source: "no-reply@accounts.example.org",
    identity: "accounts.example.org",
    configurationSet: "transactional",
    tenant: "accounts",
    tags: {},
    subjects: ["Confirm your address", "Your sign-in code", "New sign-in to your account"],
    tracked: false,
    complaints: 0.1,
    engagement: 0,
  },
  {
    weight: 10,
    source: "team@startup.example.net",
    identity: "team@startup.example.net",
    configurationSet: undefined,
    tenant: "startup",
    tags: { kind: ["digest"] },
    subjects: ['What "done" means, and 5 other stories', "Your digest"],
    tracked: true,
    complaints: 1,
    engagement: 1.1,
  },
  {
    weight: 5,
    source: "alerts@ops.example.com",
    identity: "ops.example.com",
    configurationSet: "alerts",
    tenant: undefined,
    tags: { severity: ["page"] },
    subjects: ["[FIRING] disk above 90 %", "[RESOLVED] disk above 90 %"],
    tracked: false,
    complaints: 0,
    engagement: 0,
  },
];

const usual = {
  permanentBounce: 0.012,
  transientBounce: 0.008,
  delay: 0.01,
  complaint: 0.0006,
  open: 0.28,
  click: 0.14,
  proxied: 0,
  scanned: 0,
};

export const providers: readonly Provider[] = [
  { ...usual, weight: 42, domain: "gmail.com", complaint: 0, latency: 1.2 },
  { ...usual, weight: 16, domain: "hotmail.com", permanentBounce: 0.02, delay: 0.03, complaint: 0.0011, latency: 3 },
  { ...usual, weight: 13, domain: "yahoo.com", transientBounce: 0.02, delay: 0.06, complaint: 0.0015, latency: 6 },
  { ...usual, weight: 9, domain: "icloud.com", complaint: 0, open: 0.1, proxied: 0.7, latency: 1.5 },
  { ...usual, weight: 4, domain: "aol.com", permanentBounce: 0.03, complaint: 0.002, open: 0.2, latency: 5 },
  { ...usual, weight: 4, domain: "gmx.de", open: 0.22, latency: 2 },
  { ...usual, weight: 2, domain: "comcast.net", transientBounce: 0.03, complaint: 0.0012, latency: 4 },
  {
    ...usual,
    weight: 6,
    domain: "acme.example",
    permanentBounce: 0.03,
    open: 0.35,
    complaint: 0,
    scanned: 0.4,
    latency: 8,
  },
  {
    ...usual,
    weight: 4,
    domain: "small.example",
    permanentBounce: 0.05,
    transientBounce: 0.04,
    delay: 0.1,
    latency: 40,
  },
];

/** The relative volume of each hour of a day (UTC). */
export const dailyRhythm = [1, 1, 1, 1, 2, 4, 8, 12, 15, 14, 12, 11, 12, 13, 12, 11, 10, 11, 12, 9, 6, 4, 3, 2];

/** The relative volume of each day of a week, starting on Sunday. */
export const weeklyRhythm = [4, 10, 11, 12, 11, 9, 5];

export const userAgents = [
  "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/155.0.0.0 Safari/537.36",
  "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
];

/** The user agents of Apple's image proxy, and of a scanner that identifies itself. */
export const machineAgents = { proxy: "Mozilla/5.0", scanner: "Barracuda Sentinel (EE)" } as const;

/** Replies of servers that reject mail, with SES's classification. */
export const permanentBounces = [
  {
    subType: "NoEmail",
    status: "5.1.1",
    diagnostic: "smtp; 550 5.1.1 The email account that you tried to reach does not exist.",
  },
  { subType: "General", status: "5.0.0", diagnostic: "smtp; 554 delivery error: This user doesn't have an account" },
] as const;
export const transientBounces = [
  {
    subType: "MailboxFull",
    status: "4.2.2",
    diagnostic: "smtp; 452 4.2.2 The recipient's inbox is out of storage space",
  },
  { subType: "General", status: "4.4.7", diagnostic: "smtp; 421 4.7.0 Temporary system problem. Try again later." },
  {
    subType: "ContentRejected",
    status: "5.7.1",
    diagnostic: "smtp; 550 5.7.1 Message contains content that was\nrejected",
  },
] as const;
