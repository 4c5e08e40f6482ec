/**
 * How the pages' calls of the SES API travel: method and path below `/v2/email`, members in braces. A member that is not
 * in the path goes into the query where it is named after it, else into the body. A test holds this to the SDK's schemas.
 */
import type { Method } from "./request.ts";

/** An operation's way over HTTP. */
export interface Binding {
  readonly method: Method;
  readonly path: string;
  /** Members of the query, with their names there. */
  readonly query: Readonly<Record<string, string>>;
}

const at = (method: Method, path: string, query: Readonly<Record<string, string>> = {}): Binding => ({
  method,
  path,
  query,
});
const paging = { NextToken: "NextToken", PageSize: "PageSize" };
const tenant = { TenantName: "TenantName" };

export const sesOperations = {
  GetAccount: at("GET", "/account"),
  PutAccountSuppressionAttributes: at("PUT", "/account/suppression"),

  SendEmail: at("POST", "/outbound-emails"),

  CreateExportJob: at("POST", "/export-jobs"),
  GetExportJob: at("GET", "/export-jobs/{JobId}"),
  ListExportJobs: at("POST", "/list-export-jobs"),
  CancelExportJob: at("PUT", "/export-jobs/{JobId}/cancel"),

  CreateImportJob: at("POST", "/import-jobs"),
  GetImportJob: at("GET", "/import-jobs/{JobId}"),
  ListImportJobs: at("POST", "/import-jobs/list"),

  ListSuppressedDestinations: at("GET", "/suppression/addresses", {
    ...paging,
    ...tenant,
    Reasons: "Reason",
    StartDate: "StartDate",
    EndDate: "EndDate",
  }),
  GetSuppressedDestination: at("GET", "/suppression/addresses/{EmailAddress}", tenant),
  PutSuppressedDestination: at("PUT", "/suppression/addresses"),
  DeleteSuppressedDestination: at("DELETE", "/suppression/addresses/{EmailAddress}", tenant),

  ListContactLists: at("GET", "/contact-lists", paging),
  GetContactList: at("GET", "/contact-lists/{ContactListName}"),
  CreateContactList: at("POST", "/contact-lists"),
  UpdateContactList: at("PUT", "/contact-lists/{ContactListName}"),
  DeleteContactList: at("DELETE", "/contact-lists/{ContactListName}"),
  ListContacts: at("POST", "/contact-lists/{ContactListName}/contacts/list"),
  GetContact: at("GET", "/contact-lists/{ContactListName}/contacts/{EmailAddress}"),
  CreateContact: at("POST", "/contact-lists/{ContactListName}/contacts"),
  UpdateContact: at("PUT", "/contact-lists/{ContactListName}/contacts/{EmailAddress}"),
  DeleteContact: at("DELETE", "/contact-lists/{ContactListName}/contacts/{EmailAddress}"),

  ListEmailTemplates: at("GET", "/templates", paging),
  GetEmailTemplate: at("GET", "/templates/{TemplateName}"),
  CreateEmailTemplate: at("POST", "/templates"),
  UpdateEmailTemplate: at("PUT", "/templates/{TemplateName}"),
  DeleteEmailTemplate: at("DELETE", "/templates/{TemplateName}"),
  TestRenderEmailTemplate: at("POST", "/templates/{TemplateName}/render"),

  ListEmailIdentities: at("POST", "/list-identities"),
  GetEmailIdentity: at("GET", "/identities/{EmailIdentity}"),
  CreateEmailIdentity: at("POST", "/identities"),
  DeleteEmailIdentity: at("DELETE", "/identities/{EmailIdentity}"),
  PutEmailIdentityConfigurationSetAttributes: at("PUT", "/identities/{EmailIdentity}/configuration-set"),
  PutEmailIdentityDkimAttributes: at("PUT", "/identities/{EmailIdentity}/dkim"),
  PutEmailIdentityDkimSigningAttributes: at("PUT", "/identities/{EmailIdentity}/dkim/signing"),
  PutEmailIdentityFeedbackAttributes: at("PUT", "/identities/{EmailIdentity}/feedback"),
  PutEmailIdentityMailFromAttributes: at("PUT", "/identities/{EmailIdentity}/mail-from"),

  ListConfigurationSets: at("POST", "/list-configuration-sets"),
  GetConfigurationSet: at("GET", "/configuration-sets/{ConfigurationSetName}"),
  CreateConfigurationSet: at("POST", "/configuration-sets"),
  DeleteConfigurationSet: at("DELETE", "/configuration-sets/{ConfigurationSetName}"),
  PutConfigurationSetDeliveryOptions: at("PUT", "/configuration-sets/{ConfigurationSetName}/delivery-options"),
  PutConfigurationSetSendingOptions: at("PUT", "/configuration-sets/{ConfigurationSetName}/sending"),
  PutConfigurationSetSuppressionOptions: at("PUT", "/configuration-sets/{ConfigurationSetName}/suppression-options"),
  PutConfigurationSetTrackingOptions: at("PUT", "/configuration-sets/{ConfigurationSetName}/tracking-options"),
  PutConfigurationSetVdmOptions: at("PUT", "/configuration-sets/{ConfigurationSetName}/vdm-options"),

  ListTenants: at("POST", "/tenants/list"),
  GetTenant: at("POST", "/tenants/get"),
  CreateTenant: at("POST", "/tenants"),
  DeleteTenant: at("POST", "/tenants/delete"),
  PutTenantSuppressionAttributes: at("POST", "/tenant/suppression"),
  ListTenantResources: at("POST", "/tenants/resources/list"),
  CreateTenantResourceAssociation: at("POST", "/tenants/resources"),
  DeleteTenantResourceAssociation: at("POST", "/tenants/resources/delete"),

  TagResource: at("POST", "/tags"),
  UntagResource: at("DELETE", "/tags", { ResourceArn: "ResourceArn", TagKeys: "TagKeys" }),
} as const satisfies Readonly<Record<string, Binding>>;

/** The name of an operation that the pages call. */
export type SesOperation = keyof typeof sesOperations;
