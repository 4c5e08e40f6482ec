/** The format of dimension values of metrics (facts 4.1). */
import { errors } from "../../contract/errors.ts";

const name = /^[A-Za-z0-9_-]+$/;
const identity = /^([^\s@\p{Cc}\p{Cs}]+@)?[^\s@\p{Cc}\p{Cs}]+\.[^\s@\p{Cc}\p{Cs}]+$/u;
/** SES's limit for an address. Longer values name nothing. */
const maxLength = 320;

/** Throws SES's error for an invalid dimension or value; `*` for all values is valid if `wildcard` is set. */
export function checkDimensionValue(dimension: string, value: string, wildcard: boolean): void {
  if (wildcard && value === "*") return;
  switch (dimension) {
    case "ISP":
      if (value.length > maxLength || !name.test(value)) throw errors.invalidIsp();
      return;
    case "EMAIL_IDENTITY":
      if (value.length > maxLength || !identity.test(value)) throw errors.invalidIdentityDimension();
      return;
    case "CONFIGURATION_SET":
      if (value === "") throw errors.configurationSetNameMissing();
      if (value.length > maxLength) throw errors.configurationSetNameTooLong();
      if (!name.test(value)) throw errors.configurationSetName(value);
      return;
    case "TENANT_NAME":
      if (value === "") throw errors.emptyTenantDimension();
      if (value.length > maxLength || !name.test(value)) throw errors.invalidTenantDimension();
      return;
    default:
      throw errors.unsupportedDimension();
  }
}
