/** What a figure of one of our models shows: what it makes of its inputs, or where examples lie in its features. */
export const figureKinds = ['reconstructions', 'embedding'] as const;
export type FigureKind = (typeof figureKinds)[number];
