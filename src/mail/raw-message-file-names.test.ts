import { describe, expect, test } from "vitest";
import { readRawMessage } from "./raw-message.ts";

const read = (...lines: string[]) => readRawMessage(Buffer.from(lines.join("\r\n"), "latin1"));

describe("the file name of a part, in segments and encoded (RFC 2231)", () => {
  const named = (...fields: string[]) => read("From: a@b.c", ...fields, "", "body");
  const disposition = "Content-Disposition: attachment;";

  test.each([
    [`${disposition} filename*0="report.com"; filename*1="pany.pdf"`],
    [`${disposition} filename*1="pany.pdf";\r\n filename*0="report.com"`],
    [`${disposition} filename*0*=utf-8''report%2Ecom; filename*1=pany.pdf`],
    ["Content-Type: text/plain; name*0=report.exe; name*1=rcise.txt"],
    [`${disposition} filename="about setup.exe, really.txt"`],
    [`${disposition} filename="a \\"b.exe\\".txt"`],
    [`${disposition} x="; filename=setup.exe; y="; filename=a.txt`],
  ])("is accepted: %s", (field) => {
    expect(() => named(field)).not.toThrow();
  });

  test.each([
    ["setup.exe", `${disposition} filename*0="setup.e"; filename*1="xe"`],
    ["setup.exe", `${disposition} filename*1="xe"; filename*0="setup.e"`],
    ["setup.exe", `${disposition} filename*=utf-8''setup%2Eexe`],
    ["setup.exe", `${disposition} FileName*0*=UTF-8'en'setup%2; filename*1*=Eexe`],
    ["setup.exe", `${disposition} filename*0*=utf-8''setup%2E;\r\n filename*1*=%65x; filename*2="e"`],
    ["setup.exe", `${disposition} filename*=utf-16be''%00s%00e%00t%00u%00p%00.%00e%00x%00e`],
    ["sétup.exe", `${disposition} filename*=iso-8859-1''s%E9tup.exe`],
    ["setup.exe", `${disposition} filename="a.txt"; filename*=utf-8''setup%2Eexe`],
    ["setup.exe", `${disposition} filename*=utf-8''a.txt; filename="setup.exe"`],
    ["setup.exe", `${disposition} filename="a.txt"; filename=setup.exe`],
    ["setup.exe", `${disposition} filename*0="=?utf-8?Q?setup=2Ee"; filename*1="xe?="`],
    ["my setup.exe", `${disposition} filename=my setup.exe`],
    ["setup.exe", `${disposition} filename="setup.exe`],
    ["setup.exe", `${disposition} filename="setup\\.exe"`],
    [
      "setup.exe",
      "Content-Disposition: attachment; filename=a.txt\r\nContent-Type: text/plain; name*0=setup.; name*1=exe",
    ],
  ])("is refused: %s in %s", (_, field) => {
    const inPart = [
      "Content-Type: multipart/mixed; boundary*0=b; boundary*1*=%2Dc",
      "",
      "--b-c",
      field,
      "",
      "body",
      "--b-c--",
    ];
    const message = "Message contains invalid content.";
    expect(() => named(field)).toThrow(message);
    expect(() => read("From: a@b.c", ...inPart)).toThrow(message);
  });

  test("is read in each of a part's repeated fields", () => {
    const fields = [`${disposition} filename=a.txt`, `${disposition} filename=b.exe`];
    expect(() =>
      read("From: a@b.c", "Content-Type: multipart/mixed; boundary=b", "", "--b", ...fields, "", "x"),
    ).toThrow("Message contains invalid content.");
  });
});
