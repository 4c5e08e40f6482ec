/** What the page has lines for: languages, and besides them environment variables and the command line. */
export const languages = ["environment", "javascript", "python", "go", "java", "php", "cli"] as const;

/** One of them, as the URL names it. */
export type Language = (typeof languages)[number];
