/** How long fixed recommendations, and listings that ended, are kept, in milliseconds: 30 days, as in SES. */
export const keptMs = 30 * 24 * 3_600_000;
