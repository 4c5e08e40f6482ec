/**
 * The operations of SES v1 that are refused on purpose: those about mail that SES receives. Mailglass receives bounces and
 * complaints only.
 */
import { type QueryErrorCode, v1Errors } from "../../contract/v1/errors.ts";
import type { Handlers, OperationName } from "../../contract/v1/types.ts";

/**
 * The code that each is refused with: one that the model declares for the operation, if one fits. A client that knows it
 * takes a rule set as missing, and creates nothing.
 */
const codes = {
  CloneReceiptRuleSet: "LimitExceeded",
  CreateReceiptFilter: "LimitExceeded",
  CreateReceiptRule: "RuleSetDoesNotExist",
  CreateReceiptRuleSet: "LimitExceeded",
  DeleteReceiptFilter: "InvalidParameterValue",
  DeleteReceiptRule: "RuleSetDoesNotExist",
  DeleteReceiptRuleSet: "CannotDelete",
  DescribeActiveReceiptRuleSet: "InvalidParameterValue",
  DescribeReceiptRule: "RuleSetDoesNotExist",
  DescribeReceiptRuleSet: "RuleSetDoesNotExist",
  ListReceiptFilters: "InvalidParameterValue",
  ListReceiptRuleSets: "InvalidParameterValue",
  ReorderReceiptRuleSet: "RuleSetDoesNotExist",
  SendBounce: "MessageRejected",
  SetActiveReceiptRuleSet: "RuleSetDoesNotExist",
  SetReceiptRulePosition: "RuleSetDoesNotExist",
  UpdateReceiptRule: "RuleSetDoesNotExist",
} as const satisfies { readonly [Name in OperationName]?: QueryErrorCode };

export type RefusedV1Operation = keyof typeof codes;

/** The names of the refused operations, in alphabetical order. */
export const refusedV1Operations: readonly RefusedV1Operation[] = Object.keys(codes).filter(isRefused);

function isRefused(name: string): name is RefusedV1Operation {
  return Object.hasOwn(codes, name);
}

/** Handlers that refuse each call, after its parameters have been checked. */
export const refusals: Handlers = Object.fromEntries(
  refusedV1Operations.map((name) => [
    name,
    async (input: object): Promise<never> => {
      const code = codes[name];
      const set = "RuleSetName" in input ? input.RuleSetName : undefined;
      const isAboutSet = code === "RuleSetDoesNotExist" || code === "CannotDelete";
      throw v1Errors.nothingReceived(name, code, isAboutSet && typeof set === "string" ? { Name: set } : {});
    },
  ]),
);
