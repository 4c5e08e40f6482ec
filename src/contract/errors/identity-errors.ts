/** Errors about email identities, their policies and certificates, and custom verification. */
import { alreadyExists, badRequest, limitExceeded, notFound, ServiceError } from "./service-error.ts";

export const identityErrors = {
  // Email identities
  emailAddressInvalid: (address: string) => badRequest(`Invalid email address <${address}>.`),
  domainInvalid: (domain: string) => badRequest(`Invalid domain name <${domain}>.`),
  identityExists: (name: string) => alreadyExists(`Email identity ${name} already exist.`),
  identityNotFound: (name: string) => notFound(`Email identity ${name} does not exist.`),
  identityLimit: (limit: number) =>
    limitExceeded(`The account has the maximum number of email identities, <${limit}>.`),
  dkimNeedsDomain: () => badRequest("DkimSigningAttributes can only be specified for a domain."),
  // Observed by other emulators. These operations report a missing identity differently from the rest.
  dkimNotVerified: (domain: string) => badRequest(`Domain ${domain} is not verified for DKIM signing.`),
  dkimSigningNeedsDomain: () => badRequest("The EmailIdentity value must be a valid domain."),
  feedbackIdentity: (name: string) =>
    badRequest(`Identity ${name} is invalid. Must be a verified email address or domain.`),
  headersIdentity: (name: string) =>
    badRequest(`Identity ${name} is invalid. It must be a verified email address or domain.`),
  mailFromIdentity: (name: string) => badRequest(`Identity <${name}> does not exist.`),
  mailFromNoSubdomain: (domain: string, identity: string) =>
    badRequest(`Provided MAIL-FROM domain <${domain}> is not subdomain of the domain of the identity <${identity}>.`),
  // From here on, our own texts.
  mailFromInvalid: (domain: string) => badRequest(`Invalid MAIL-FROM domain name <${domain}>.`),
  dkimKeyInvalid: (text: string) => badRequest(text),
  dkimKeyIncomplete: () =>
    badRequest("DomainSigningSelector and DomainSigningPrivateKey must be specified together for EXTERNAL."),
  dkimKeyAndLength: () =>
    badRequest("NextSigningKeyLength can't be specified with DomainSigningSelector and DomainSigningPrivateKey."),
  dkimKeyOfEasyDkim: () =>
    badRequest("DomainSigningSelector and DomainSigningPrivateKey can't be specified for AWS_SES."),
  dkimOrigin: (origin: string) =>
    badRequest(`The DKIM origin <${origin}> can't be used here: there is no other region to replicate from.`),
  identityPageSize: (size: number) =>
    badRequest(`Value ${size} for parameter PageSize is invalid. PageSize must be between 1 and 1000.`),
  identityMaxItems: (size: number) =>
    badRequest(`Value ${size} for parameter MaxItems is invalid. MaxItems must be between 1 and 1000.`),
  identityToken: (token: string) => badRequest(`Invalid NextToken <${token}>.`),
  identityTokenOfOtherFilter: () => badRequest("Invalid NextToken."),
  identityFilterTooShort: () => badRequest("Filter IDENTITY_NAME_CONTAINS must be at least 3 characters."),
  identityFilterTooLong: () => badRequest("Filter IDENTITY_NAME_CONTAINS must be at most 320 characters."),
  identityFilterType: (type: string) => badRequest(`Invalid identity type <${type}> in filter.`),
  identityFilterStatus: (status: string) => badRequest(`Invalid verification status <${status}> in filter.`),
  identityFilterNotStarted: () => badRequest("Invalid verification status <NotStarted>."),

  // Policies of identities. The texts for what is wrong in a policy come from src/access/policies.
  policyName: () =>
    badRequest(
      "PolicyName is invalid. Policy names must only include alpha-numeric characters, dashes, and underscores.",
    ),
  policyRefused: (text: string) => badRequest(text),
  policyPrincipalUnknown: (account: string) =>
    badRequest(`Policy contains an invalid principal: ${JSON.stringify(account)} is no account`),
  policyExists: (name: string) => alreadyExists(`Policy <${name}> already exists`),
  policyLimit: (identity: string) =>
    limitExceeded(`Number of policies for <${identity}> exceeds max allowed number of policies per resource`),
  policyIdentity: () => badRequest("Invalid identity. Must be a verified email address or domain."),
  policyNotFound: (name: string) => notFound(`Policy <${name}> does not exist`),
  // The quotes are IAM's: a backtick and an apostrophe.
  notAuthorized: ({ principal, action, resource }: Readonly<Record<"principal" | "action" | "resource", string>>) =>
    new ServiceError(
      "AccessDeniedException",
      `User \`${principal}' is not authorized to perform \`${action}' on resource \`${resource}'`,
    ),

  // Our own text.
  rightsOfKey: () =>
    new ServiceError(
      "AccessDeniedException",
      "The rights of this access key don't allow this call: with rights, it may only read here, and only if one of them is `read`.",
    ),

  // Custom verification templates
  fromAddressNotVerified: (address: string) => notFound(`The from email address <${address}> is not verified`),
  successUrlInvalid: () => badRequest("The success redirection URL is invalid"),
  failureUrlInvalid: () => badRequest("The failure redirection URL is invalid"),
  verificationTemplateExists: (name: string) =>
    alreadyExists(`Custom verification email template <${name}> already exists`),
  verificationTemplateNotFound: (name: string) =>
    notFound(`Custom verification email template <${name}> does not exist`),
  verificationTemplateOfMailNotFound: (name: string) => notFound(`Template <${name}> does not exist`),
  verificationTemplatePageSize: (limit: number) => badRequest(`The page size must be between 1 and ${limit}`),
  verificationTemplateToken: (token: string) => badRequest(`Invalid nextToken <${token}>.`),
  verificationAddressMissing: () => badRequest("Email address not specified."),
  verificationAddressInvalid: (address: string) => badRequest(`Invalid email address<${address}>.`),
  // From here on, our own texts. That of src/mail/verification-html.ts follows the colon.
  verificationContent: (text: string) => badRequest(`Invalid template content: ${text}`),
  verificationTemplateLimit: (limit: number) =>
    limitExceeded(`The account has the maximum number of custom verification email templates, <${limit}>.`),

  // S/MIME certificates
  certificateSenderMissing: () => badRequest("FromAddress is required when EmailIdentity is a domain."),
  certificateSenderInvalid: (address: string) => badRequest(`FromAddress <${address}> is not a valid email address.`),
  certificateSenderElsewhere: (address: string, domain: string) =>
    badRequest(`FromAddress <${address}> does not belong to the domain identity <${domain}>.`),
  certificateIdentityNotFound: (name: string) => notFound(`Email identity <${name}> does not exist.`),
  certificateExists: (address: string, identity: string) =>
    alreadyExists(`A certificate is already associated with sender <${address}> on identity <${identity}>.`),
  certificateToken: () => badRequest("Invalid NextToken."),
  // From here on, our own texts.
  certificateSenderDiffers: (address: string, identity: string) =>
    badRequest(`FromAddress <${address}> does not match the email identity <${identity}>.`),
  certificateSenderLimit: (limit: number) =>
    badRequest(`The email identity has the maximum number of associated certificates, <${limit}>.`),
  oneSigningScheme: () => badRequest("SigningScheme must have exactly one of DefaultScheme and SmimeScheme."),
} as const;
