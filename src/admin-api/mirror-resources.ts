/** GET /admin/mirror/{id}/resources: the resources of a source's real account. */

export type MirrorResourceKind = "identities" | "configuration-sets" | "templates";

/** Without the parameter `kind`: the progress of reading, and the settings that keep mail from the mirror. */
export interface MirrorResources {
  /** Whether they are read: `settings.pull.resources`. Earlier data is kept. */
  pulled: boolean;
  kinds: MirrorResourceState[];
  /** Empty if they are not read. */
  problems: MirrorResourceProblem[];
}

export interface MirrorResourceState {
  kind: MirrorResourceKind;
  /** When the last complete listing began. */
  listedAt?: string;
  /** The last error. Other kinds are still read, and earlier data is kept. */
  error?: { text: string; at: string };
  total: number;
  /** How many are listed, but not read yet. */
  waiting: number;
  /** How many have an `error`. */
  failed: number;
}

/** A setting that keeps mail from the mirror. Only resources that have been read are checked. */
export interface MirrorResourceProblem {
  /**
   * Of configuration sets. `no-destination`: no event destination leads to the source. `destination-disabled`: those
   * that do are disabled. `event-types-missing`: they lack `eventTypes`. Of identities that may send: `no-default-set`: no
   * default configuration set. `default-set-not-mirrored`: the default set has one of the first two problems, or is gone.
   */
  code:
    | "no-destination"
    | "destination-disabled"
    | "event-types-missing"
    | "no-default-set"
    | "default-set-not-mirrored";
  kind: "configuration-sets" | "identities";
  /** One sentence for people, without the names. */
  text: string;
  eventTypes?: string[];
  count: number;
  /** The first 100 of them. */
  names: string[];
}

/** With the parameter `kind`: a page by name. */
export interface MirrorResourcePage {
  resources: MirrorResource[];
  /** The parameter `after` of the next page. */
  next?: string;
}

export interface MirrorResource {
  name: string;
  /** When its details were last read. */
  pulledAt?: string;
  /** Why its details could not be read the last time. */
  error?: string;
  /** Omitted until its details are read. Its members depend on the kind. */
  identity?: MirrorIdentityFacts;
  configurationSet?: MirrorConfigurationSetFacts;
  template?: MirrorTemplateFacts;
}

/** With the parameters `kind` and `name`. */
export interface MirrorResourceDetails extends MirrorResource {
  /** SES's response, with times in ISO 8601. */
  details?: unknown;
}

export interface MirrorIdentityFacts {
  type?: string | undefined;
  /** Whether it is verified for sending. */
  verified?: boolean | undefined;
  dkim?: string | undefined;
  /** The default configuration set. */
  configurationSet?: string | undefined;
}

export interface MirrorConfigurationSetFacts {
  sendingEnabled?: boolean | undefined;
  eventDestinations: MirrorEventDestinationFacts[];
}

export interface MirrorEventDestinationFacts {
  name: string;
  enabled: boolean;
  eventTypes: string[];
  /** Such as `sns`, with its ARN; omitted for kinds that the mirror can't receive. */
  to?: { service: "sns" | "firehose" | "eventbridge"; arn: string } | undefined;
}

export interface MirrorTemplateFacts {
  subject?: string | undefined;
  hasText: boolean;
  hasHtml: boolean;
}
