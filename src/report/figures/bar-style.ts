/** Of Okabe and Ito's palette, told apart by every kind of colour vision; text is dark enough to read on white. */
export const colours = {
  ours: '#56b4e9',
  published: '#d55e00',
  publishedText: '#b04a00',
  ink: '#1a1a1a',
  faint: '#595959',
  grid: '#e2e2e2',
  chance: '#8a8a8a',
} as const;

/** In pixels, of a figure as wide as a README. Widths of text are estimates from above: fonts differ. */
export const layout = {
  width: 800,
  margin: 16,
  labels: 220,
  labelCharacters: 30,
  /** At the right of a panel, for its numbers. */
  numbers: 40,
  gap: 20,
  bar: 12,
  textLine: 15,
  /** Panels side by side at most; more columns go below. */
  across: 3,
} as const;

export const fonts =
  "'Source Sans 3', 'Segoe UI', 'Helvetica Neue', Helvetica, Arial, 'DejaVu Sans', sans-serif";
