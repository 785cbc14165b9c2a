type Environment = Readonly<Record<string, string | undefined>>;

/** The Google Cloud project to work in: `HEADWAY_PROJECT`, else what Google's own tools and runtimes look at. */
export function projectFrom(environment: Environment): string | undefined {
  return environment['HEADWAY_PROJECT'] || environment['GOOGLE_CLOUD_PROJECT'] || undefined;
}
