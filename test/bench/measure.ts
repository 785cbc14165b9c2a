/** What a measure found: numbers with their units in the names of the columns, and what they say in words. */
export type Finding = {
  readonly tables: readonly Table[];
  /** What one must know to read the tables, as sentences. */
  readonly notes?: readonly string[];
  /** What this machine lacks, and what was left out for it. */
  readonly leftOut?: readonly string[];
  /** What must hold and did not, as sentences; speed is never among it. */
  readonly failures?: readonly string[];
};
export type Table = { readonly title: string; readonly rows: readonly Row[] };
export type Row = Readonly<Record<string, string | number | undefined>>;

export type Surroundings = {
  /** A folder of its own, gone afterwards. */
  readonly folder: string;
  readonly progress: (text: string) => void;
};

/** One thing that is measured: run alone by its name, bounded in count and time, on loopback only. */
export type Measure = {
  readonly name: string;
  readonly about: string;
  run(surroundings: Surroundings): Promise<Finding>;
};
