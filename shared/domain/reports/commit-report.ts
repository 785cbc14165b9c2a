/** What people see of headway's work beside a commit. */
export type CommitReport = {
  readonly state: 'pending' | 'success' | 'failure';
  /** Whose word it is, e.g. `headway/api`: a later one under the same name takes its place. */
  readonly context: string;
  /** At most 140 characters are shown. */
  readonly description: string;
  /** Where there is more to see. */
  readonly link?: string;
};
