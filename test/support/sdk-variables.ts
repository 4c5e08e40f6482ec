/** Sets variables that the AWS SDK's clients of this process read, such as `AWS_ENDPOINT_URL_SNS`; returns how to restore them. */
export function setSdkVariables(variables: Readonly<Record<string, string>>): () => void {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, variables);
  return () => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
}
