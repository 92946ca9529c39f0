import type { EmbeddingMethod } from '../../pipeline/inspect/embedding.js';

/** What a figure of one of our models shows: what it makes of its inputs, or where examples lie in its features. */
export const figureKinds = ['reconstructions', 'embedding'] as const;
export type FigureKind = (typeof figureKinds)[number];

/** How features are laid out in a plane: by their first two principal components, or by UMAP. */
export const embeddingMethods = ['pca', 'umap'] as const satisfies readonly EmbeddingMethod[];
