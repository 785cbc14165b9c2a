import { isSecretReference } from '../domain/configuration/secret-reference.ts';

/** An environment as a program gets it, with the values of secrets where it refers to them; and those values. */
export function revealed(
  environment: Readonly<Record<string, string>>,
  secret: (reference: string) => string,
): { readonly values: Readonly<Record<string, string>>; readonly secrets: readonly string[] } {
  const secrets: string[] = [];
  const values = Object.entries(environment).map(([name, text]) => {
    if (!isSecretReference(text)) return [name, text] as const;
    const value = secret(text);
    secrets.push(value);
    return [name, value] as const;
  });
  return { values: Object.fromEntries(values), secrets };
}
