import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { contrastive, network, stackedAutoencoder } from '../../../src/config/networks-schema.js';

const issuesOf = (schema: z.ZodType, section: unknown): string[] => {
  const result = schema.safeParse(section);
  return result.success
    ? []
    : result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
};

describe('the sections of networks', () => {
  it('are short in a file, and whole when they are read', () => {
    const section = parse(`
      encoders: {left: {kind: cnn, filters: [32, 64], dense: 128}, right: {kind: cnn}}
      fusion: {kind: concatenation}
      head: {hidden: [128], dropout: 0.5}
      epochs: 30
      batch: 40
      optimiser: {name: sgd, learning_rate: 0.1}
      early_stopping: {patience: 5, share: 0.1}
    `);
    const cnn = {
      ...{ kind: 'cnn', filters: [32, 64], kernel: 3, pooling: 2, batch_normalisation: false },
      ...{ dense: 128, dropout: 0 },
    };
    expect(network.parse(section)).toEqual({
      encoder: { kind: 'dense', layers: [128], dropout: 0 },
      encoders: { left: cnn, right: cnn },
      fusion: { kind: 'concatenation' },
      head: { hidden: [128], dropout: 0.5 },
      modality_dropout: 0,
      epochs: 30,
      batch: 40,
      optimiser: { name: 'sgd', learning_rate: 0.1, momentum: 0 },
      weight_decay: 0,
      class_weights: 'none',
      early_stopping: { patience: 5, share: 0.1 },
    });
    expect(network.parse({})).toMatchObject({
      fusion: { kind: 'concatenation' },
      optimiser: { name: 'adam', learning_rate: 0.001 },
    });
    for (const key of ['early_stopping', 'learning_speed', 'gradient_modulation', 'auxiliary_losses']) {
      expect(network.parse({})).not.toHaveProperty(key);
    }
    expect(network.parse({ gradient_modulation: {} })).toMatchObject({
      gradient_modulation: { alpha: 0.3, noise: false },
    });
    expect(contrastive.parse({})).toMatchObject({
      projection: { hidden: [128], dimensions: 64 },
      temperature: 0.1,
    });
    expect(stackedAutoencoder.parse({})).toMatchObject({
      shares: [0.3, 0.09, 0.027],
      optimiser: { name: 'adadelta', learning_rate: 1, rho: 0.95 },
    });
  });

  it.each([
    [{ encoder: { kind: 'cn' } }, 'encoder.kind: must be dense, cnn, cnn-1d, lstm or attention'],
    [{ encoder: {} }, 'encoder.kind: must be dense, cnn, cnn-1d, lstm or attention'],
    [{ encoder: 'cnn' }, 'encoder: must be a map with a `kind`'],
    [{ encoder: { kind: 'dense', layers: [] } }, 'encoder.layers: must name at least one layer'],
    [{ encoder: { kind: 'cnn', dropout: 1 } }, 'encoder.dropout: must be a number from 0 to below 1'],
    [{ encoder: { kind: 'attention', width: 10, heads: 4 } }, 'encoder.heads: must divide `width`'],
    [{ fusion: { kind: 'cross-attention', width: 6 } }, 'fusion.heads: must divide `width`'],
    [
      { fusion: { kind: 'late' } },
      'fusion.kind: must be early, concatenation, average, gated, low-rank or cross-attention',
    ],
    [{ optimiser: { name: 'rmsprop' } }, 'optimiser.name: must be adam, adamw, sgd or adadelta'],
    [{ learning_speed: { a: -1 } }, 'learning_speed.a: must be a number of at least 0'],
    [{ auxiliary_losses: { a: 'much' } }, 'auxiliary_losses.a: must be a number of at least 0'],
    [{ gradient_modulation: { alpha: 0 } }, 'gradient_modulation.alpha: must be a number above 0'],
    [{ modality_dropout: 1 }, 'modality_dropout: must be a number from 0 to below 1'],
    [
      { early_stopping: { share: 0 } },
      'early_stopping.share: must be a number between 0 and 1, both excluded',
    ],
  ])('refuse %j', (section, sentence) => {
    expect(issuesOf(network, section)).toEqual([sentence]);
  });

  it('describe every key for editors', () => {
    const undescribed: string[] = [];
    const walk = (schema: z.core.JSONSchema.JSONSchema, path: string): void => {
      for (const [key, value] of Object.entries(schema.properties ?? {})) {
        const inner = value as z.core.JSONSchema.JSONSchema;
        if (inner.description === undefined && inner.const === undefined) undescribed.push(`${path}.${key}`);
        walk(inner, `${path}.${key}`);
      }
      for (const branch of [...(schema.oneOf ?? []), ...(schema.anyOf ?? [])]) {
        walk(branch as z.core.JSONSchema.JSONSchema, path);
      }
    };
    for (const schema of [network, contrastive, stackedAutoencoder]) {
      walk(z.toJSONSchema(schema, { io: 'input' }), '');
    }
    expect(undescribed).toEqual([]);
  });
});
