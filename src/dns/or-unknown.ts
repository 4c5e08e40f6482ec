import { DnsError } from "./dns-error.ts";

/** The answer, or `unknown` if the lookup fails. */
export async function orUnknown<Value>(answer: Promise<Value>): Promise<Value | "unknown"> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof DnsError) return "unknown";
    throw error;
  }
}
