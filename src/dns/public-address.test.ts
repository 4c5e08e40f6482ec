import { describe, expect, it } from "vitest";
import { isLoopback, isPublicAddress } from "./public-address.ts";

describe("addresses", () => {
  it("are public or not", () => {
    for (const address of ["8.8.8.8", "203.1.113.9", "2606:4700::1", "2a00:1450:4001:800::1"]) {
      expect(isPublicAddress(address), address).toBe(true);
    }
    const others = ["10.1.2.3", "172.16.0.1", "192.168.1.1", "127.0.0.1", "0.0.0.0", "169.254.169.254", "100.64.0.1"];
    others.push("224.0.0.1", "255.255.255.255", "240.0.0.1", "::", "::1", "fe80::1", "fc00::1", "fd12::1", "ff02::1");
    others.push("::ffff:10.0.0.1", "::ffff:127.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "", "example.com");
    for (const address of others) expect(isPublicAddress(address), address).toBe(false);
    expect(isPublicAddress("::ffff:8.8.8.8")).toBe(true);
  });

  it("are this machine's or not", () => {
    for (const address of ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"]) {
      expect(isLoopback(address), address).toBe(true);
    }
    for (const address of ["10.0.0.1", "::", "8.8.8.8", "localhost"]) expect(isLoopback(address), address).toBe(false);
  });
});
