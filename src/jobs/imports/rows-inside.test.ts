/** No row of a file gets lost uncounted, whatever quotes and braces it has. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { contacts, type Format, header, people, read, suppressions } from "../../../test/support/imported-records.ts";
import { runs } from "../../../test/support/runs.ts";
import { ImportError } from "./import-error.ts";
import { longestRecord } from "./records.ts";

describe("contacts with a quote that is not closed", () => {
  it.each<[what: string, rows: string, taken: string[], failed: number[]]>([
    [
      "before rows with quotes",
      'a@example.com,false,"oops\nb@example.com,false,\nc@example.com,false,\nd@example.com,false,"{""a"":1}"\ne@example.com,false,\n',
      people("b", "c", "d", "e"),
      [2],
    ],
    ["in the last row", 'a@example.com,false,\nb@example.com,false,"oops', people("a"), [3]],
    ["in the only row", 'a@example.com,false,"', [], [2]],
    [
      "before a row of quoted fields",
      '"a@example.com,false,\n"b@example.com","false","{""a"":1}"\nc@example.com,false,\n',
      people("b", "c"),
      [2],
    ],
    [
      "before empty quoted fields",
      'a@example.com,false,"oops\nb@example.com,"",""\nc@example.com,"",""\n',
      people("b", "c"),
      [2],
    ],
    [
      "in every other row",
      'a@example.com,false,"x\nb@example.com,false,\nc@example.com,false,"x\nd@example.com,false,\n',
      people("b", "d"),
      [2, 4],
    ],
    [
      "with text behind a closed one on the same line",
      'a@example.com,"false"x,"\nb@example.com,false,\nc@example.com,false,"{}"\n',
      people("b", "c"),
      [2],
    ],
    [
      "with CR LF and CR",
      'a@example.com,false,"oops\r\nb@example.com,false,\rc@example.com,false,"{}"\r\n',
      people("b", "c"),
      [2],
    ],
    ["in an object without quotes around it", 'a@example.com,false,{"a\\\nb@example.com,false,\n', people("b"), [2]],
    ["behind text, where it is text", 'a@example.com,false,x"\nb@example.com,false,\n', people("b"), [2]],
    [
      "beyond all columns",
      `a@example.com${",".repeat(300)}"x\nb@example.com,false,\nc@example.com,false,"\n`,
      people("b"),
      [2, 4],
    ],
  ])("%s", async (_what, rows, taken, failed) => {
    for (const size of [1, 7, 1_000])
      expect(await read(header + rows, contacts(), size)).toMatchObject({ taken, failed });
  });

  it.each<[what: string, rows: string, failed: number[]]>([
    [
      "by a quote at the end of a later row",
      'a@example.com,false,"oops\nb@example.com,false,\nc@example.com,false,oops"\n',
      [2, 3, 4],
    ],
    ["by a row that ends with a quote", 'a@example.com,false,"\nb@example.com,false,"\n', [2, 3]],
    ["in the address", '"a@example.com\nb@example.com",false,\n', [2, 3]],
    ["around a row that is bad itself", 'a@example.com,false,"oops\nnobody,false,\nx,false,oops"\n', [2, 3, 4]],
    ["in a column beyond the header", 'a@example.com,false,,"oops\nb@example.com,false,,oops"\n', [2, 3]],
  ])("takes nothing in: closed %s", async (_what, rows, failed) => {
    const outcome = await read(`${header}${rows}z@example.com,false,\n`, contacts());
    expect(outcome).toMatchObject({ taken: people("z"), failed });
    expect(outcome.reasons[0]).toMatch(/a quote in it is not closed on the same line/);
  });

  it("counts all rows that are not UTF-8 between quotes", async () => {
    const file = Buffer.concat([
      Buffer.from(`${header}a@example.com,false,"oops\nb@example.com,false,\n`),
      Buffer.from([0xff]),
      Buffer.from('\nc@example.com,false,"\nd@example.com,false,\n'),
    ]);
    expect(await read(file, contacts())).toMatchObject({ taken: people("d"), failed: [2, 3, 4, 5] });
  });

  it("reads fields with line breaks that are meant", async () => {
    const rows = [
      'a@example.com,false,"{\n""City"":\r\n""Rome""\n}"',
      '"b@example.com",false,"{""a"":\n[1,\n2]}"',
      'c@example.com,false,,"A note, with\nline breaks\n"',
    ];
    const outcome = await read(`${header}${rows.join("\n")}\n`, contacts());
    expect(outcome).toMatchObject({ taken: people("a", "b", "c"), failed: [] });
  });

  it("counts a bad record over several lines once, if no row is in it", async () => {
    const outcome = await read(`${header}nobody,false,"{\n""a"": 1\n}"\nb@example.com,false,\n`, contacts());
    expect(outcome).toMatchObject({ taken: people("b"), failed: [2] });
  });

  it.each([
    ["is not closed", 'emailAddress,"unsubscribeAll\na@example.com,false\n', /its first line can't be read, a quote/],
    ["takes rows in", 'emailAddress,"x\na@example.com,false"\n', /^The column .* is not known/],
    [
      "has text behind a quote",
      '"emailAddress"x,unsubscribeAll\na@example.com,false\n',
      /its first line can't be read/,
    ],
  ])("fails if the header %s", async (_what, file, message) => {
    const done = read(file, contacts());
    await expect(done).rejects.toThrow(ImportError);
    await expect(done).rejects.toThrow(message);
  });
});

describe("suppressions with a quote that is not closed", () => {
  it.each<[what: string, rows: string, taken: string[], failed: number[]]>([
    ["in the header", 'emailAddress,"oops\na@example.com,BOUNCE\nb@example.com,"BOUNCE"\n', people("a", "b"), [1]],
    [
      "that closes, in the header",
      'emailAddress,"oops\na@example.com,BOUNCE"\nb@example.com,BOUNCE\n',
      people("b"),
      [1, 2],
    ],
    ["in a row", '"a@example.com,BOUNCE\nb@example.com,BOUNCE\n"c@example.com","BOUNCE"\n', people("b", "c"), [1]],
    [
      "in a column that is ignored",
      'a@example.com,BOUNCE,"note\nb@example.com,BOUNCE,\nc@example.com,BOUNCE,note"\nd@example.com,BOUNCE\n',
      people("d"),
      [1, 2, 3],
    ],
  ])("%s", async (_what, rows, taken, failed) => {
    expect(await read(rows, suppressions())).toMatchObject({ taken, failed });
  });

  it("removes the apostrophe that list files put before formulas", async () => {
    const rows = "'=a@example.com,BOUNCE\n''+b@example.com,BOUNCE\n'c@example.com,BOUNCE\n";
    expect(await read(rows, suppressions())).toMatchObject({ taken: people("=a", "'+b", "'c"), failed: [] });
  });

  it("counts each address of a list without columns", async () => {
    const rows = '"a@example.com\nnobody\nc@example.com"\nd@example.com\n';
    expect(await read(rows, suppressions("CSV", "DELETE"))).toMatchObject({ taken: people("d"), failed: [1, 2, 3] });
  });
});

describe("JSON lines that are broken", () => {
  const line = (name: string) => `{"emailAddress":"${name}@example.com","reason":"BOUNCE"}\n`;
  it.each<[what: string, lines: string, taken: string[], failed: number[]]>([
    [
      "a brace that is missing, and one too many",
      `${line("a").replace("}", "")}${line("b")}${line("c")}}\n`,
      people("b", "c"),
      [1, 4],
    ],
    ["a bracket for a brace", `{"emailAddress":["a"}\n${line("b")}]\n${line("c")}`, people("b", "c"), [1, 3]],
    ["a string that is not closed", `{"emailAddress":"a\n${line("b")}`, people("b"), [1]],
    ["a string that ends with a backslash", `{"emailAddress":"a\\\n${line("b")}{"x":"y"}\n`, people("b"), [1, 3]],
    [
      "a value that is missing",
      `{"emailAddress":"a@example.com","reason":"BOUNCE","x":\n${line("b")}}\n`,
      [],
      [1, 2, 3],
    ],
    ["the last line cut", `${line("a")}{"emailAddress":"b@exam`, people("a"), [2]],
  ])("%s", async (_what, lines, taken, failed) => {
    for (const size of [1, 1_000])
      expect(await read(lines, suppressions("JSON"), size)).toMatchObject({ taken, failed });
  });

  it("reads objects over lines", async () => {
    const pretty = JSON.stringify(
      { emailAddress: "a@example.com", topicPreferences: [{ topicName: "News" }] },
      null,
      2,
    );
    const outcome = await read(pretty.replace('"News"', '"News",\n"subscriptionStatus": "OPT_IN"'), contacts("JSON"));
    expect(outcome).toMatchObject({ taken: people("a"), failed: [] });
  });
});

describe("any file of rows", () => {
  const row = fc.constantFrom(
    "a@example.com,false,",
    "b@example.com,true,{}",
    'c@example.com,false,"{""a"":1}"',
    'd@example.com,false,"oops',
    'e@example.com,false,oops"',
    '"f@example.com,false,',
    '"g@example.com","false",""',
    'h@example.com,"",""',
    'i@example.com,false,"',
    '"',
    '","',
    '"""',
    'nobody,"',
  );

  it("has each valid row imported or counted as failed, and the same for any pieces", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 12 }), fc.integer({ min: 1, max: 90 }), async (rows, size) => {
        const file = header + rows.join("\n");
        const outcome = await read(file, contacts());
        const valid = rows.flatMap((text, index) => (/^"?\w@/.test(text) ? [index + 2] : []));
        const lost = valid.filter((line) => !outcome.failed.includes(line)).length;
        expect(outcome.taken).toHaveLength(lost);
        expect(await read(file, contacts(), size)).toEqual(outcome);
      }),
      { numRuns: runs(2_000) },
    );
  });
});

describe("the time to read", () => {
  const families: [what: string, format: Format, line: string][] = [
    ["fields that open in each line and close in the next", "CSV", 'x","y\n'],
    ["quotes that never close", "CSV", 'x,"y\n'],
    ["doubled quotes", "CSV", '""""\n'],
    ["three quotes", "CSV", '"""\n'],
    ["objects without end", "CSV", 'x,{"a\\"\n'],
    ["braces", "JSON", "{\n"],
    ["objects that are not closed", "JSON", '{"a":{}\n'],
    ["strings that are not closed", "JSON", '{"a\n'],
  ];

  /** The least CPU time of three runs, in milliseconds: of this thread only, since others run other tests. */
  async function cpuMs(text: string, format: Format): Promise<number> {
    const times: number[] = [];
    for (let run = 0; run < 3; run++) {
      const begin = process.threadCpuUsage();
      await read(`"\n${text}`, suppressions(format), 16 * 1024);
      const { user, system } = process.threadCpuUsage(begin);
      times.push((user + system) / 1000);
    }
    return Math.min(...times);
  }

  it.each(families)("grows with the size of the file: %s", async (_what, format, line) => {
    // Up to the longest record, the lines are one record that may still end: that much comes first.
    const text = (bytes: number) => line.repeat((longestRecord + bytes) / line.length);
    const once = await cpuMs(text(longestRecord), format);
    const twice = await cpuMs(text(2 * longestRecord), format);
    // 2 if it is linear, 4 if it is quadratic. Below 200 ms, a pause of the collector counts for more than the reading.
    expect(twice).toBeLessThan(Math.max(200, 3 * once));
  });
});
