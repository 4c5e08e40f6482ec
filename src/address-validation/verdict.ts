/** The verdicts of SES's GetEmailAddressInsights. */

/** How strong the indication of a property is. For a role, a disposable domain and random input, HIGH is bad news. */
export type Verdict = "LOW" | "MEDIUM" | "HIGH";
