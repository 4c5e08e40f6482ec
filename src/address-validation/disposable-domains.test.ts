import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDisposableDomains } from "./disposable-domains.ts";

describe("IsDisposable", () => {
  let folder: string;
  let now = 0;
  const warnings: string[] = [];
  const log = { warn: (_: object, text: string) => warnings.push(text) };
  const create = (file?: string) => createDisposableDomains({ file, clock: () => new Date(now), log });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "mailglass-domains-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it("is HIGH for the domains of the public list and their subdomains", async () => {
    const { isDisposable } = create();
    expect(await isDisposable("mailinator.com")).toBe("HIGH");
    expect(await isDisposable("any.mailinator.com")).toBe("HIGH");
    for (const domain of ["gmail.com", "example.com", "mailinator.com.example", "com", "localhost"]) {
      expect(await isDisposable(domain), domain).toBe("LOW");
    }
  });

  it("follows the operator's file when it changes", async () => {
    const file = join(folder, "domains.txt");
    await writeFile(file, "# ours\nThrowaway.example # since May\r\n!mailinator.com\n!kept.throwaway.example\n");
    const { isDisposable } = create(file);
    expect(await isDisposable("throwaway.example")).toBe("HIGH");
    expect(await isDisposable("a.throwaway.example")).toBe("HIGH");
    expect(await isDisposable("kept.throwaway.example")).toBe("LOW");
    expect(await isDisposable("mailinator.com")).toBe("LOW");
    expect(await isDisposable("guerrillamail.com")).toBe("HIGH");

    await writeFile(file, "other.example\n");
    now += 60_000;
    expect(await isDisposable("throwaway.example")).toBe("LOW");
    expect(await isDisposable("other.example")).toBe("HIGH");
    expect(await isDisposable("mailinator.com")).toBe("HIGH");
    expect(warnings).toEqual([]);
  });

  it("is unknown while the operator's file can't be read", async () => {
    const file = join(folder, "later.txt");
    const { isDisposable } = create(file);
    expect(await isDisposable("mailinator.com")).toBeUndefined();
    expect(warnings).toHaveLength(1);
    await writeFile(file, "other.example\n");
    now += 60_000;
    expect(await isDisposable("mailinator.com")).toBe("HIGH");
  });
});
