/** POST /admin/templates/preview, beside GET /admin/templates/preview-frame. */

/** A template as it is being written, and what it is filled with. */
export interface TemplateDraft {
  TemplateContent: { Subject?: string | undefined; Text?: string | undefined; Html?: string | undefined };
  /** A JSON object, as a text. */
  TemplateData?: string | undefined;
}

/** A filled template; parts that it lacks are left out. */
export interface TemplatePreview {
  /** Why it can't be filled: then there is nothing else. */
  fault?: string | undefined;
  subject?: string | undefined;
  text?: string | undefined;
  html?: string | undefined;
}
