/** The regions that a server serves. */

/** A value of MAILGLASS_REGIONS: region names, or any region. */
export type RegionNames = readonly string[] | "any";

/** Longer than any name of AWS. */
const longestName = 32;

/** Whether a text looks like the name of an AWS region. */
function isRegionName(text: string): boolean {
  return text.length <= longestName && /^[a-z]{2}(-[a-z]+)+-\d$/.test(text);
}

/** Parses the name of a region. */
export function regionName(text: string): string {
  if (!isRegionName(text)) throw new Error("must be an AWS region such as us-east-1");
  return text;
}

/** Parses names of regions, or `*`. */
export function regionNames(text: string): RegionNames {
  const names = text === "" ? [] : text.split(",").map((name) => name.trim());
  if (names.length === 1 && names[0] === "*") return "any";
  if (names.length > 100 || !names.every(isRegionName)) {
    throw new Error("must be up to 100 AWS regions such as eu-west-1, separated by commas, or *");
  }
  return names;
}

/** The regions that a server serves. */
export interface ServedRegions {
  serves(region: string): boolean;
  /** Those that the settings name, the default region first. */
  readonly named: readonly string[];
  /** Those whose SMTP passwords are accepted, the default region first. */
  readonly smtpRegions: readonly string[];
}

/** Reads the regions from the settings. */
export function servedRegions({ region, regions }: { region: string; regions: RegionNames }): ServedRegions {
  const further = regions === "any" ? awsRegions : regions;
  const smtpRegions = [...new Set([region, ...further])];
  if (regions === "any") {
    return { serves: (name) => name === region || isRegionName(name), named: [region], smtpRegions };
  }
  const names = new Set(smtpRegions);
  return { serves: (name) => names.has(name), named: smtpRegions, smtpRegions };
}

/** SES's regions. With any region served, an SMTP password can only be tried for regions that are known. */
const awsRegions = [
  "us-east-1",
  "us-east-2",
  "us-west-1",
  "us-west-2",
  "af-south-1",
  "ap-northeast-1",
  "ap-northeast-2",
  "ap-northeast-3",
  "ap-south-1",
  "ap-south-2",
  "ap-southeast-1",
  "ap-southeast-2",
  "ap-southeast-3",
  "ap-southeast-5",
  "ca-central-1",
  "ca-west-1",
  "eu-central-1",
  "eu-central-2",
  "eu-north-1",
  "eu-south-1",
  "eu-west-1",
  "eu-west-2",
  "eu-west-3",
  "il-central-1",
  "me-central-1",
  "me-south-1",
  "sa-east-1",
  "us-gov-east-1",
  "us-gov-west-1",
];
