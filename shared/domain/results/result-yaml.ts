/** What became of one image, in the words of DataHub's `artifacts/<safe>.yaml`. */
export type ImageResult = {
  readonly success: boolean;
  /** Why not, as a sentence; empty after a success. */
  readonly message: string;
  readonly fullName: string;
  readonly container: {
    /** False also where nothing had to be built. */
    readonly imageBuilt: boolean;
    /** Absent where it was not tried. */
    readonly pushed?: { readonly success: boolean; readonly log: string } | undefined;
  };
  /** Absent where they were not reached. */
  readonly tests: {
    readonly basic?: 'passed' | 'failed' | undefined;
    readonly integration?: 'passed' | 'failed' | 'skipped' | undefined;
  };
};

const BASIC = { passed: 'Passed basic tests', failed: 'Failed basic tests' } as const;
const INTEGRATION = {
  skipped: 'skipped',
  passed: 'Passed integration tests',
  failed: 'Failed integration tests',
} as const;

/** The result as plain YAML that any reader takes safely, without the tags of a language. https://yaml.org/spec/1.2.2/ */
export function resultYaml({ success, message, fullName, container, tests }: ImageResult): string {
  const { imageBuilt, pushed } = container;
  return [
    line('success', success),
    line('message', message),
    line('full_image_name', fullName),
    ...section('container_details', [
      ['image_built', imageBuilt],
      ['push_success', pushed?.success],
      ['push_log', pushed?.log],
    ]),
    ...section('test_results', [
      ['basic_tests', tests.basic && BASIC[tests.basic]],
      ['integration_tests', tests.integration && INTEGRATION[tests.integration]],
    ]),
    '',
  ].join('\n');
}

type Value = boolean | string | undefined;

function section(name: string, entries: readonly (readonly [string, Value])[]): string[] {
  const known = entries.flatMap(([key, value]) => (value === undefined ? [] : [`  ${line(key, value)}`]));
  return known.length === 0 ? [`${name}: {}`] : [`${name}:`, ...known];
}

/** Text in double quotes, where YAML has the escapes of JSON; what YAML 1.1 takes for a line break is escaped too. */
function line(key: string, value: boolean | string): string {
  if (typeof value === 'boolean') return `${key}: ${value}`;
  const text = JSON.stringify(value.toWellFormed()).replaceAll(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `${key}: ${text}`;
}
