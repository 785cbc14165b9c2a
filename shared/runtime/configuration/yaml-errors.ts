import type { ErrorCode } from 'yaml';

/**
 * What each syntax error of YAML means for the person who made it. The parser's own messages are not used: they
 * quote the text, which may be a password.
 */
const SENTENCES: Readonly<Record<ErrorCode, string>> = {
  ALIAS_PROPS: 'expected an alias (*name) by itself, without anchor or tag',
  BAD_ALIAS: 'expected an alias such as *name; text that begins with * or & stands in quotes',
  BAD_COLLECTION_TYPE: 'expected a plain value: tags (!name) are not understood',
  BAD_DIRECTIVE: 'expected a key; a line that begins with % stands in quotes',
  BAD_DQ_ESCAPE: 'expected an escape such as \\n or \\\\; single quotes take every character as it is',
  BAD_INDENT: 'expected other indentation, or the end of what an opening { or [ began',
  BAD_PROP_ORDER: 'expected anchors and tags in front of their value',
  BAD_SCALAR_START: 'expected quotes around text that begins with a special character, such as @ or %',
  BLOCK_AS_IMPLICIT_KEY: 'expected one "key: value" a line; text with a colon and a space stands in quotes',
  BLOCK_IN_FLOW: 'expected no "- item" and no block text within { } or [ ]',
  DUPLICATE_KEY: 'expected this key only once; it is already further up in the same mapping',
  IMPOSSIBLE: 'expected YAML',
  KEY_OVER_1024_CHARS: 'expected a shorter key, with its colon on the same line',
  MISSING_CHAR: 'expected a closing quote, bracket or brace, a comma, or a colon and a space after a key',
  MULTILINE_IMPLICIT_KEY: 'expected "key: value" with the key on one line; is a colon missing above?',
  MULTIPLE_ANCHORS: 'expected one anchor (&name) at most',
  MULTIPLE_DOCS: 'expected one document; remove the line with --- and what follows',
  MULTIPLE_TAGS: 'expected a plain value: tags (!name) are not understood',
  NON_STRING_KEY: 'expected a plain name as key',
  RESOURCE_EXHAUSTION: 'expected fewer levels of nesting',
  TAB_AS_INDENT: 'expected spaces; YAML takes no tabs for indentation',
  TAG_RESOLVE_FAILED: 'expected a plain value: tags (!name) are not understood',
  UNEXPECTED_TOKEN: 'expected nothing more here; the value ended before, or is quotes or a comma missing?',
};

export function yamlSentence(code: ErrorCode): string {
  return SENTENCES[code];
}
