export type Fields = Readonly<Record<string, unknown>>;

/** Constant messages with the values in fields; `error` means that a person must act. Secrets are removed. */
export interface Log {
  info(message: string, fields?: Fields): void;
  warn(message: string, fields?: Fields): void;
  error(message: string, fields?: Fields): void;
}
