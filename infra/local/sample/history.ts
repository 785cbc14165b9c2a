/** The sample's story: what each commit changes, and who pushes it. */
export type SampleCommit = {
  readonly subject: string;
  readonly author: { readonly name: string; readonly email: string };
  /** RFC 3339; fixed, so that the sample has the same commits everywhere. */
  readonly at: string;
  /** Text replaced, by file. */
  readonly edits: readonly { readonly file: string; readonly from: string; readonly to: string }[];
};

const ada = { name: 'Ada Byron', email: 'ada@shop.example' };
const grace = { name: 'Grace Murray', email: 'grace@shop.example' };

export const history: readonly SampleCommit[] = [
  { subject: 'Open the shop', author: ada, at: '2026-03-02T09:00:00Z', edits: [] },
  {
    subject: 'Sell spoons',
    author: grace,
    at: '2026-03-02T10:30:00Z',
    edits: [
      { file: 'web/index.html', from: 'Three things', to: 'Four things' },
      { file: 'web/index.html', from: '<li>Two cups</li>', to: '<li>Two cups</li>\n      <li>Spoon</li>' },
      {
        file: 'api/index.json',
        from: '"name": "Two cups", "price": 12 }',
        to: '"name": "Two cups", "price": 12 },\n    { "name": "Spoon", "price": 3 }',
      },
    ],
  },
  {
    subject: 'Paint the heading green',
    author: ada,
    at: '2026-03-03T08:15:00Z',
    edits: [{ file: 'web/index.html', from: '#2563eb', to: '#15803d' }],
  },
  {
    subject: 'Raise the price of the kettle',
    author: grace,
    at: '2026-03-03T14:45:00Z',
    edits: [{ file: 'api/index.json', from: '"price": 39', to: '"price": 42' }],
  },
];
