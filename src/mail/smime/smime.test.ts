import { createPrivateKey } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { opensslMissing } from "../../../test/support/missing-tools.ts";
import { createSmimeAuthority, type KeyKind, type SmimeAuthority } from "../../../test/support/smime-authority.ts";
import { readSigningPair, summaryOf } from "./certificate.ts";
import { createSmimeSigner, type SmimeSigner } from "./cms-signature.ts";
import { signMessage } from "./sign-message.ts";

const now = () => new Date();
const address = "ann@example.com";

describe.skipIf(opensslMissing())("S/MIME", () => {
  let authority: SmimeAuthority;
  beforeAll(async () => {
    authority = await createSmimeAuthority();
  });
  afterAll(() => authority[Symbol.asyncDispose]());

  const signerOf = async (kind: KeyKind): Promise<SmimeSigner> => {
    const pair = await readSigningPair(await authority.issueFor(address, kind), now());
    return createSmimeSigner(pair.chain, pair.key);
  };

  const text = "Content-Type: text/plain; charset=utf-8\r\n\r\nHello Ann\r\n";
  const messages: Readonly<Record<string, Buffer>> = {
    text: Buffer.from(`Subject: a\r\nMIME-Version: 1.0\r\n${text}`),
    "text without a line break at its end": Buffer.from("Subject: a\r\n\r\nHello"),
    "text and HTML": Buffer.from(
      `Content-Type: multipart/alternative; boundary=b\r\nSubject: a\r\nMIME-Version: 1.0\r\n\r\n--b\r\n${text}\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>Hello</p>\r\n--b--\r\n`,
    ),
    "an attachment": Buffer.from(
      `Content-Type: multipart/mixed;\r\n boundary="x y"\r\n\r\n--x y\r\n${text}\r\n--x y\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0=\r\n--x y--\r\n`,
    ),
    "8-bit text": Buffer.from(
      "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\nSubject: a\r\n\r\nGr\u00fc\u00dfe  \r\nFrom here\r\n",
    ),
    "8-bit parts": Buffer.from(
      `Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n${text}Gr\u00fc\u00dfe\r\n--b\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\u00e9\u00e8\u00e7\u00fc\u00df\r\n--b--\r\n`,
    ),
    nothing: Buffer.from("Subject: a\r\nContent-Type: text/plain\r\n\r\n"),
  };

  it.each<KeyKind>(["RSA 2048", "RSA 3072", "EC P-256", "EC P-384", "EC P-521"])(
    "signatures with %s are valid for OpenSSL, whatever the message",
    async (kind) => {
      const signer = await signerOf(kind);
      for (const [name, message] of Object.entries(messages)) {
        const signed = await signMessage(message, signer, now());
        expect(signed.includes("\r\nContent-Type: multipart/signed;"), name).toBe(true);
        // 7-bit, in lines with CRLF.
        expect(signed.toString("latin1"), name).toMatch(/^(?:[\t -~]*\r\n)+$/);
        const content = await authority.verify(signed);
        if (!name.startsWith("8-bit"))
          expect(content.toString(), name).toContain(message.toString().split("\r\n\r\n")[1]);
        const changed = Buffer.from(signed.toString("latin1").replace(/Hello|here|JVBERi0/, "Other"), "latin1");
        if (!changed.equals(signed)) await expect(authority.verify(changed), name).rejects.toThrow();
      }
    },
  );

  it("a message keeps its header, and its content the fields about it", async () => {
    const message = Buffer.from(
      "From: ann@example.com\r\nSubject: =?utf-8?q?a?=\r\n =?utf-8?q?b?=\r\nContent-Type: text/plain;\r\n charset=utf-8\r\nX-Own: 1\r\nContent-Language: de\r\nMIME-Version: 1.0\r\n\r\nGr\u00fc\u00dfe\r\n",
    );
    const signed = (await signMessage(message, await signerOf("EC P-384"), now())).toString("latin1");
    const boundary = /boundary="([^"]+)"/.exec(signed)?.[1];
    const head = `From: ann@example.com\r\nSubject: =?utf-8?q?a?=\r\n =?utf-8?q?b?=\r\nX-Own: 1\r\nMIME-Version: 1.0\r\nContent-Type: multipart/signed; protocol="application/pkcs7-signature";\r\n micalg=sha-384; boundary="${boundary}"\r\n\r\n`;
    const content =
      "Content-Type: text/plain;\r\n charset=utf-8\r\nContent-Language: de\r\nContent-Transfer-Encoding: base64\r\n\r\nR3LDvMOfZQ0K";
    expect(signed.slice(0, head.length)).toBe(head);
    expect(signed.slice(head.length)).toContain(`--${boundary}\r\n${content}\r\n--${boundary}\r\n`);
  });

  it.each([
    "multipart/signed; boundary=b",
    "multipart/encrypted; boundary=b",
    "application/pkcs7-mime; smime-type=enveloped-data",
    "Application/X-PKCS7-Mime",
  ])("content of the type %s stays as it is", async (type) => {
    const message = Buffer.from(`Content-Type: ${type}\r\n\r\n--b\r\n\r\n--b--\r\n`);
    const unused: SmimeSigner = { micalg: "sha-256", sign: () => expect.fail("it is signed") };
    expect(await signMessage(message, unused, now())).toBe(message);
  });

  it("a certificate is read with its addresses and its chain", async () => {
    const extensions = ["subjectAltName = email:Ann@Example.com, email:b@example.com, DNS:example.com"];
    const given = await authority.issue({ kind: "EC P-521", extensions });
    const pair = await readSigningPair(given, now());
    expect(pair).toMatchObject({ addresses: ["ann@example.com", "b@example.com"], chain: given.certificate });
    expect(pair.notAfter.getTime() - pair.notBefore.getTime()).toBe(30 * 86_400_000);
    expect(summaryOf(pair.chain)).toMatchObject({
      keyAlgorithm: "EC P-521",
      fingerprint: expect.stringMatching(/^(?:[0-9A-F]{2}:){31}[0-9A-F]{2}$/),
    });
  });

  const good = ["subjectAltName = email:ann@example.com"];
  it.each<[string, Parameters<SmimeAuthority["issue"]>[0]]>([
    ["The key must be RSA with 2048", { kind: "RSA 1024", extensions: good }],
    ["The key must be RSA with 2048", { kind: "ED25519", extensions: good }],
    ["has no email address", { extensions: ["subjectAltName = DNS:example.com"] }],
    ["has no email address", { extensions: ["keyUsage = digitalSignature"] }],
    ["does not include emailProtection", { extensions: [...good, "extendedKeyUsage = serverAuth"] }],
    ["does not include digitalSignature", { extensions: [...good, "keyUsage = keyEncipherment"] }],
    ["that of an authority", { extensions: [...good, "basicConstraints = CA:TRUE"] }],
  ])("refuses: %s", async (text, wanted) => {
    await expect(readSigningPair(await authority.issue(wanted), now())).rejects.toThrow(text);
  });

  it("accepts nonRepudiation and any extended key usage", async () => {
    const extensions = [...good, "keyUsage = nonRepudiation", "extendedKeyUsage = anyExtendedKeyUsage"];
    expect(await readSigningPair(await authority.issue({ extensions }), now())).toMatchObject({ addresses: [address] });
  });

  it("refuses what does not fit together, is not valid now, or can't be read", async () => {
    const one = await authority.issueFor(address);
    const other = await authority.issueFor(address);
    const [own = "", issuer = ""] = one.certificate.split(/(?<=-----END CERTIFICATE-----\n)/);
    const refusal = (changes: Partial<typeof one>, at = now()) =>
      readSigningPair({ ...one, ...changes }, at).then(
        () => "accepted",
        (error: unknown) => (error instanceof Error ? `${error.name}: ${error.message}` : ""),
      );
    const days = (count: number) => new Date(Date.now() + count * 86_400_000);
    const encrypted = createPrivateKey(one.privateKey).export({
      ...{ format: "pem", type: "pkcs8", cipher: "aes-256-cbc", passphrase: "p" },
    });
    const cases: [Partial<typeof one>, Date | undefined, string][] = [
      [{ privateKey: other.privateKey }, undefined, "does not belong to the certificate"],
      [{ privateKey: String(encrypted) }, undefined, "must not have a passphrase"],
      [{ privateKey: "" }, undefined, "must be PEM"],
      [{ certificate: "" }, undefined, "must be PEM"],
      [{ certificate: own.replace(/\n.{20}/, "\nAAAAAAAAAAAAAAAAAAAA") }, undefined, "can't be read"],
      [{ certificate: own + other.certificate }, undefined, "Certificate 2 did not issue certificate 1."],
      [{ certificate: own + issuer.repeat(10) }, undefined, "more than 10 certificates"],
      [{}, days(31), "The certificate expired at"],
      [{}, days(-1), "The certificate is not valid before"],
    ];
    for (const [changes, at, text] of cases) {
      const message = await refusal(changes, at);
      expect(message).toMatch(/^SmimeError: /);
      expect(message).toContain(text);
    }
    expect(await refusal({ certificate: own })).toBe("accepted");
  });
});
