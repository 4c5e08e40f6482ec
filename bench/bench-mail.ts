/** The mail that benchmarks deliver: 1 KB of text and 1 KB of HTML, signed with one key. */
const plain = "All work and no play makes a dull mail. ".repeat(26).slice(0, 1024);

export const benchMail = {
  domain: "sender.example",
  selector: "bench",
  from: "Sender <news@sender.example>",
  subject: "A message",
  text: plain,
  html: `<p>${plain}`.slice(0, 1020).concat("</p>"),
  recipient: (n: number) => `user-${n % 500}@example.com`,
} as const;
