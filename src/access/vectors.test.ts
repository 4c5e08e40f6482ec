/** AWS's own test vectors of Signature Version 4, which lie beside the project where it is developed. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { canonicalRequest, type SignableRequest } from "./canonical-request.ts";
import { algorithm, scopeText, signatureOf, signingKeyOf, stringToSign } from "./signature.ts";
import { isSignedBy, readClaim } from "./sigv4.ts";

const folder = join(import.meta.dirname, "../../../shared/sigv4");
const secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const timestamp = "20150830T123600Z";
const audience = { serves: (region: string) => region === "us-east-1", service: "service" };
const scope = { date: "20150830", region: "us-east-1", service: audience.service };
const now = new Date("2015-08-30T12:36:00Z");

function vectorFolders(): string[] {
  try {
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
    return files.filter((file) => file.endsWith(".creq")).map((file) => join(folder, file.slice(0, -".creq".length)));
  } catch {
    return [];
  }
}

// A byte in each character, as over the wire.
const read = (vector: string, kind: string) => readFileSync(`${vector}.${kind}`, "latin1").replaceAll("\r", "");

/** Header lines that begin with white space go on with the line before. */
function parse(text: string): SignableRequest & { body: string } {
  const [head = "", ...body] = text.split("\n\n");
  const [requestLine = "", ...lines] = head.trimEnd().split("\n");
  const rawHeaders: string[] = [];
  for (const line of lines.join("\n").split(/\n(?![ \t])/)) {
    const colon = line.indexOf(":");
    rawHeaders.push(line.slice(0, colon), line.slice(colon + 1));
  }
  const [, method = "", target = ""] = /^(\S+) (.*) HTTP\/1\.1$/s.exec(requestLine) ?? [];
  return { method, target, rawHeaders, body: body.join("\n\n") };
}

const without = ({ rawHeaders, ...rest }: SignableRequest, name: string): SignableRequest => ({
  ...rest,
  rawHeaders: rawHeaders.filter((_, at) => rawHeaders[at - (at % 2)]?.toLowerCase() !== name),
});

const vectors = vectorFolders();
if (vectors.length === 0) console.warn(`AWS's vectors of SigV4 are not in ${folder}: skipped`);

describe.skipIf(vectors.length === 0)("AWS's vectors", () => {
  it("are all there", () => expect(vectors).toHaveLength(34));

  it.each(vectors.map((vector) => [vector.slice(folder.length + 1), vector]))("%s", (name, vector) => {
    // The token's vector has its header in the signed request only.
    const signed = parse(read(vector, "sreq"));
    const request = without(signed, "authorization");
    if (name !== "get-vanilla-with-session-token/get-vanilla-with-session-token" && !name.endsWith("-header-after")) {
      expect(request).toEqual(without(parse(read(vector, "req")), "authorization"));
    }
    const authorization = read(vector, "authz");
    const [, signedHeaders = "", signature = ""] = /SignedHeaders=(\S+), Signature=(\w+)/.exec(authorization) ?? [];
    const creq = read(vector, "creq");
    const payloadHash = creq.slice(creq.lastIndexOf("\n") + 1);

    expect(createHash("sha256").update(signed.body, "latin1").digest("hex")).toBe(payloadHash);
    const canonical = canonicalRequest(request, signedHeaders, payloadHash);
    expect(canonical).toBe(creq);
    expect(stringToSign(creq, timestamp, scope)).toBe(read(vector, "sts"));
    const key = signingKeyOf(secret, scope);
    const made = signatureOf(creq, timestamp, scope, key);
    expect(
      `${algorithm} Credential=AKIDEXAMPLE/${scopeText(scope)}, SignedHeaders=${signedHeaders}, Signature=${made}`,
    ).toBe(authorization);

    const carried = { ...request, rawHeaders: [...request.rawHeaders, "Authorization", authorization] };
    if (name.endsWith("-header-after")) {
      // AWS leaves it to the service whether the token is signed: here it has to be.
      expect(() => readClaim(carried, audience, now)).toThrow("'X-Amz-Security-Token' must be a 'SignedHeader'");
      return;
    }
    const claim = readClaim(carried, audience, now);
    expect(claim).toMatchObject({ accessKeyId: "AKIDEXAMPLE", timestamp, scope, signature });
    expect(isSignedBy(key, carried, claim, payloadHash)).toBe(true);
    expect(isSignedBy(signingKeyOf("another", scope), carried, claim, payloadHash)).toBe(false);
  });
});
