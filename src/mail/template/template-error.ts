/** A template can't be parsed, or can't be rendered with its data. The error text can be shown to the client. */
export class TemplateError extends Error {
  override readonly name = "TemplateError";
}

/** The data lacks a variable. */
export class MissingAttributeError extends TemplateError {}

/** The data can't be used with any template. */
export class TemplateDataError extends TemplateError {}

/** SES's error text for a variable that the data lacks, as in its examples of Rendering Failure events. */
export function missingAttribute(name: string): TemplateError {
  return new MissingAttributeError(`Attribute '${name}' is not present in the rendering data.`);
}
