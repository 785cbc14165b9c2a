/** How many tests a report tells of. */
export type TestReport = {
  readonly tests: number;
  readonly failures: number;
  readonly errors: number;
  readonly skipped: number;
};

/**
 * Counts the tests of a JUnit report, in any of its dialects, by its elements instead of what they say of each other;
 * nothing where the text is no such report. https://github.com/testmoapp/junitxml
 */
export function readReport(text: string): TestReport | undefined {
  // What a test wrote may look like an element; outside of these and of comments a "<" always begins one.
  const elements = text.replaceAll(/<!\[CDATA\[.*?\]\]>|<!--.*?-->/gs, '');
  if (!/^\s*(?:<\?xml\b[^>]*>\s*)?<testsuites?[\s/>]/.test(elements.replace(/^\uFEFF/, ''))) return undefined;
  if (!/(?:<\/testsuites?\s*>|<testsuites?\b[^>]*\/>)\s*$/.test(elements)) return undefined;
  const count = (name: string) => [...elements.matchAll(new RegExp(`<${name}(?=[\\s/>])`, 'g'))].length;
  return {
    tests: count('testcase'),
    failures: count('failure'),
    errors: count('error'),
    skipped: count('skipped'),
  };
}
