/** GET /admin/mirror/{id}/resources: what was read of the real account of a source. */

export type MirrorResourceKind = "identities" | "configuration-sets" | "templates";

/** Without the parameter `kind`: how far the reading has come, and what keeps mail from the mirror. */
export interface MirrorResources {
  /** Whether they are read: `settings.pull.resources`. What was read before stays. */
  pulled: boolean;
  kinds: MirrorResourceState[];
  /** Left empty if they are not read. */
  problems: MirrorResourceProblem[];
}

export interface MirrorResourceState {
  kind: MirrorResourceKind;
  /** When the last complete listing began. */
  listedAt?: string;
  /** What last went wrong. The other kinds go on, and what was read before stays. */
  error?: { text: string; at: string };
  total: number;
  /** How many have been listed, but their details have not been asked for yet. */
  waiting: number;
  /** How many have an `error`. */
  failed: number;
}

/** What keeps events of mail from coming. Only what has been read counts. */
export interface MirrorResourceProblem {
  /**
   * Of configuration sets. `no-destination`: no event destination leads to the source. `destination-disabled`: only such
   * as are disabled. `event-types-missing`: they lack `eventTypes`. Of identities that may send: `no-default-set`: no
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
  /** Why its details were not read when they were last asked for. */
  error?: string;
  /** Left out until its details are read. Its members depend on the kind. */
  identity?: MirrorIdentityFacts;
  configurationSet?: MirrorConfigurationSetFacts;
  template?: MirrorTemplateFacts;
}

/** With the parameters `kind` and `name`. */
export interface MirrorResourceDetails extends MirrorResource {
  /** What SES answered, as its SDK reads it: times in ISO 8601. */
  details?: unknown;
}

export interface MirrorIdentityFacts {
  type?: string | undefined;
  /** Whether it is verified, and mail may be sent from it. */
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
  /** Such as `sns`, with its ARN; left out for kinds that bring no events here. */
  to?: { service: "sns" | "firehose" | "eventbridge"; arn: string } | undefined;
}

export interface MirrorTemplateFacts {
  subject?: string | undefined;
  hasText: boolean;
  hasHtml: boolean;
}
