import type { AddressEvaluator, Evaluations } from "../../address-validation/evaluate-address.ts";
import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import type { Recorder } from "../../events/recorder.ts";
import { waitUntilRecorded } from "../../insights/fresh.ts";

export interface AddressInsightServices {
  addresses: Pick<AddressEvaluator, "evaluate">;
  recorder: Pick<Recorder, "drained">;
}

/** The limit of addresses in other members of SES's model, which has none for this one. In characters. */
const maxLength = 320;

/**
 * GetEmailAddressInsights: evaluates an address, with the events of this account only. What can't be evaluated is left
 * out. A text that is no address is not an error: its syntax is LOW.
 */
export function getEmailAddressInsights(services: AddressInsightServices): Handler<"GetEmailAddressInsights"> {
  return async ({ EmailAddress: text = "" }) => {
    checkText(text);
    await waitUntilRecorded(services.recorder);
    const { isValid, evaluations } = await services.addresses.evaluate(text);
    const verdict = (name: keyof Evaluations) => {
      const ConfidenceVerdict = evaluations[name];
      return ConfidenceVerdict && { ConfidenceVerdict };
    };
    return {
      MailboxValidation: {
        IsValid: { ConfidenceVerdict: isValid },
        Evaluations: {
          HasValidSyntax: verdict("HasValidSyntax"),
          HasValidDnsRecords: verdict("HasValidDnsRecords"),
          MailboxExists: verdict("MailboxExists"),
          IsRoleAddress: verdict("IsRoleAddress"),
          IsDisposable: verdict("IsDisposable"),
          IsRandomInput: verdict("IsRandomInput"),
        },
      },
    };
  };
}

/** SES's texts are unknown; these are its wording for constraints. */
function checkText(text: string): void {
  const path = "Value at 'emailAddress' failed to satisfy constraint: Member must";
  if (text.length === 0) throw errors.constraints([`${path} have length greater than or equal to 1`]);
  if (text.length > maxLength) throw errors.constraints([`${path} have length less than or equal to ${maxLength}`]);
  if (text.includes("\0")) throw errors.constraints([`${path} not contain NUL characters`]);
}
