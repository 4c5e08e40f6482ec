import type { AddressEvaluator } from "../../src/address-validation/evaluate-address.ts";

/** For mail without Auto Validation, which must not evaluate addresses. */
export const noAddressEvaluator: AddressEvaluator = {
  evaluate: () => Promise.reject(new Error("this test evaluates no addresses")),
  deliverability: () => Promise.reject(new Error("Auto Validation is off")),
};
