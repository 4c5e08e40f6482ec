import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createUrlSigner } from "./signed-url.ts";

const signer = createUrlSigner(randomBytes(32), () => "http://127.0.0.1:8025", "/downloads/exports");
const job = "ef28cf62-9d8e-4b60-9283-b09816c99a99";

function partsOf(url: string) {
  const { pathname, searchParams } = new URL(url);
  const [, , , jobId = "", fileName = ""] = pathname.split("/");
  return [jobId, fileName, searchParams.get("expires") ?? "", searchParams.get("signature") ?? ""] as const;
}

describe("signed URLs", () => {
  const parts = partsOf(signer.sign(job, "a.csv", new Date("2026-11-23T12:00:00Z")));

  it("verify as they were signed", () => expect(signer.verify(...parts)).toBe(true));

  it("do not verify when any part is changed", () => {
    const [jobId, fileName, expires, signature] = parts;
    expect(signer.verify(jobId.replace("e", "f"), fileName, expires, signature)).toBe(false);
    expect(signer.verify(jobId, "b.csv", expires, signature)).toBe(false);
    expect(signer.verify(jobId, fileName, `${Number(expires) + 1}`, signature)).toBe(false);
    expect(signer.verify(jobId, fileName, expires, "")).toBe(false);
    expect(signer.verify(jobId, fileName, expires, `${signature.slice(1)}A`)).toBe(false);
  });

  it("do not verify with another installation's key", () => {
    expect(createUrlSigner(randomBytes(32), () => "http://x", "/downloads/exports").verify(...parts)).toBe(false);
  });
});

it("a URL that was signed before still verifies", () => {
  const old = createUrlSigner(Buffer.alloc(32, 7), () => "http://127.0.0.1:8025", "/downloads/exports");
  const expires = new Date("2026-11-23T12:00:00Z");
  const signature = "q74wOL2CX5dY1Nvfg06WZ2-fZb-qnH7zfbRS6he8VSM";
  expect(old.sign(job, "a b/c.csv", expires)).toBe(
    `http://127.0.0.1:8025/downloads/exports/${job}/a%20b/c.csv?expires=1795435200&signature=${signature}`,
  );
  expect(old.verify(job, "a b/c.csv", "1795435200", signature)).toBe(true);
});
