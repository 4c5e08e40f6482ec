/** One-time codes in mails as services send them, and numbers that are none. */
import { describe, expect, it } from "vitest";
import { findCodes } from "./codes.ts";

describe("one-time codes", () => {
  it.each<[string, string, string, string[]]>([
    ["after the word", "Sign in", "Your verification code is 123456.", ["123456"]],
    ["after a colon", "Verify your email", "Verification code: 483920\n\nIt expires in 10 minutes.", ["483920"]],
    [
      "on a line of its own",
      "Your login code",
      "Hi Ada,\n\nHere is your code:\n\n  829104\n\nThanks, Acme",
      ["829104"],
    ],
    ["before the word", "Sign in", "482910 is your Acme verification code.", ["482910"]],
    ["in the subject only", "731204 is your confirmation code", "Open the app to continue.", ["731204"]],
    ["in subject and text", "Code: 5512", "Use 5512 as your code to log in.", ["5512"]],
    ["of four digits", "Your PIN", "Your PIN is 0042.", ["0042"]],
    ["of eight digits", "OTP", "Your OTP: 12345678", ["12345678"]],
    ["with a hyphen", "Sign in", "Your code is 123-456", ["123456"]],
    ["with a space", "Sign in", "Your code is: 123 456", ["123456"]],
    ["of two groups of four", "Sign in", "Security code: 1234 5678", ["12345678"]],
    ["digit by digit", "Sign in", "Enter this code:\n1 2 3 4 5 6\n", ["123456"]],
    ["a digit per line", "Sign in", "Enter this code:\n\n1\n2\n3\n4\n5\n6\n\nThanks", ["123456"]],
    ["with Google's prefix", "Google Verification Code", "G-482913 is your Google verification code.", ["482913"]],
    ["with Facebook's prefix", "FB", "FB-20481 is your Facebook confirmation code", ["20481"]],
    ["of letters and digits", "Log in", "Your one-time code is X7K9PQ.", ["X7K9PQ"]],
    ["in groups of letters and digits", "Log in", "Use the code below to sign in.\n\nABCD-1234\n", ["ABCD-1234"]],
    ["of letters after a colon", "Log in", "Your code: KXWQPT", ["KXWQPT"]],
    ["of letters on the line below a colon", "Log in", "Please enter this code:\n\nKXW-QPT\n\nBYE", ["KXW-QPT"]],
    ["to be entered", "Confirm", "Enter 602114 to verify your email address. Codes expire in 15 minutes.", ["602114"]],
    ["between marks", "Confirm", "Your code is *602114*", ["602114"]],
    ["in brackets", "[602114] Your sign-in code", "See the subject.", ["602114"]],
    ["with text between", "Code", "Your code to sign in to Example Bank is: 112233. Never share it.", ["112233"]],
    ["beside a year", "Your code", "Your code is 445566.\n\n© 2026 Acme Inc.", ["445566"]],
    ["that is a year", "Your PIN", "Your PIN is 2024.", ["2024"]],
    ["beside an order", "Order #48210", "Order number 48210. Your pickup code is 7741.", ["7741"]],
    ["beside a phone number", "Code", "Your code is 918273. Questions? Call 555-0100 or +1 555 010 1234.", ["918273"]],
    ["beside a price", "Payment", "To pay $1234 to Shop, use the code 882211.", ["882211"]],
    ["beside an address", "Code", "Code: 371829\n\nAcme Inc, 1234 Market Street, San Francisco, CA 94105", ["371829"]],
    ["beside a date", "Code", "Your code is 371829. Requested on 2026-11-24 at 12:30.", ["371829"]],
    ["beside a link", "Code", "Your code is 371829: https://example.com/verify/99887766?c=445566", ["371829"]],
    ["beside an address of mail", "Code", "user12345@example.com, your code is 371829", ["371829"]],
    ["beside the end of a number", "Code", "We sent a code to the phone ending in 4821.\n\nCode: 119922", ["119922"]],
    ["beside a card", "Code", "Card ending 4821. The code is 119922.", ["119922"]],
    ["German", "Dein Bestätigungscode", "Ihr Bestätigungscode lautet 556677.", ["556677"]],
    ["German with a TAN", "TAN", "Ihre TAN: 889900 (gültig 5 Minuten)", ["889900"]],
    ["French", "Code", "Votre code de vérification est 334455.", ["334455"]],
    ["French, grouped", "Code", "Voici votre code :\n\n12 34 56\n", ["123456"]],
    ["Spanish", "Código", "Tu código de verificación es 667788", ["667788"]],
    ["Portuguese", "Código", "O seu código é 667788.", ["667788"]],
    ["Italian", "Codice", "Il tuo codice di verifica è: 667788", ["667788"]],
    ["Polish", "Kod", "Twój kod weryfikacyjny to 998877", ["998877"]],
    ["Russian", "Код", "Ваш код: 123987", ["123987"]],
    ["Chinese", "验证码", "您的验证码是123987，请在5分钟内输入。", ["123987"]],
    ["Japanese", "認証コード", "認証コード：123987\n有効期限は10分です。", ["123987"]],
    ["Korean", "인증번호", "인증번호 [123987]를 입력하세요.", ["123987"]],
    [
      "a list of them",
      "Backup codes",
      "Your recovery codes:\n\nABCD-1234\nEFGH-5678\nIJKL-9012\n",
      ["ABCD-1234", "EFGH-5678", "IJKL-9012"],
    ],
    ["with invisible characters", "Code", "Your code is 12\u200b34\u200b56", ["123456"]],
    ["with no-break spaces", "Code", "Your\u00a0code\u00a0is\u00a0123\u00a0456", ["123456"]],
  ])("are found: %s", (_, subject, text, codes) => {
    expect(findCodes(subject, text)).toEqual(codes);
  });

  it.each<[string, string, string]>([
    ["an order", "Your order #123456", "Order 123456 was shipped on 2026-11-24. Total: $1234.56. Invoice 20260001."],
    ["a newsletter", "News", "Over 10000 users in 2026! Call 0800 123456. Acme, 1234 Main St, Austin TX 78701."],
    ["a coupon", "20% off", "Use promo code SAVE2026 at checkout and get 20% off."],
    ["a discount code", "Sale", "Your discount code: WINTER2026"],
    ["a zip code", "Delivery", "We deliver to the zip code 94105 now."],
    ["an error code", "Alert", "The job failed with error code 50012."],
    ["a code of conduct", "Welcome", "Read our code of conduct from 2021. 123456 people did."],
    ["a magic link", "Sign in", "Sign in: https://example.com/login?code=123456&token=ABCD1234"],
    ["words in capitals", "Your code of honour", "PLEASE READ THIS NOTICE"],
    ["a phone", "Your code", "We could not send your code. Call +1 555 010 1234 or (555) 010-1234."],
    ["units", "Storage", "Your access token allows 5000 users and 4096 MB."],
    ["nothing", "", ""],
  ])("are not: %s", (_, subject, text) => {
    expect(findCodes(subject, text)).toEqual([]);
  });

  it("are each told once", () => {
    expect(findCodes("Code 123456", "Your code is 123456.\n\n123456\n\nCode: 123-456")).toEqual(["123456"]);
  });
});
