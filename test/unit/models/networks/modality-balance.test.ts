import { describe, expect, it } from 'vitest';
import { FusionNetwork } from '../../../../src/models/networks/fusion-network.js';
import type { NetworkInput } from '../../../../src/models/networks/input.js';
import { balanceObstacles, balanceOf } from '../../../../src/models/networks/modality-balance.js';
import { describeOnCpu } from '../../engine/each-engine.js';
import { networkConfig } from './configs.js';

const inputs: readonly NetworkInput[] = [
  { modality: 'a', shape: [3] },
  { modality: 'b', shape: [4] },
];

const made = (section: object): FusionNetwork =>
  new FusionNetwork(inputs, 2, networkConfig({ encoder: { kind: 'dense', layers: [4] }, ...section }), {
    seed: 1,
    purpose: 'network',
  });

const obstacles = (section: object): string[] =>
  Array.from(balanceObstacles(networkConfig(section)), ({ option, reason }) => `${option}: ${reason}`);

describe('the balance of a config', () => {
  it('is what makes a difference to the modalities that there are', () => {
    const config = networkConfig({ learning_speed: { a: 0.3, b: 1, smell: 2 } });
    expect(balanceOf(config, ['a', 'b'])).toEqual({ learning_speed: { a: 0.3 } });
    expect(balanceOf(config, ['b'])).toEqual({});
    const modulation = networkConfig({ gradient_modulation: { alpha: 0.2 } });
    expect(balanceOf(modulation, ['a', 'b'])).toEqual({ gradient_modulation: { alpha: 0.2, noise: false } });
    expect(balanceOf(modulation, ['a'])).toEqual({});
    const losses = networkConfig({ auxiliary_losses: { a: 0.3, b: 0 } });
    expect(balanceOf(losses, ['a', 'b'])).toEqual({ auxiliary_losses: { a: 0.3 } });
    expect(balanceOf(losses, ['b'])).toEqual({});
    expect(balanceOf(networkConfig({}), ['a', 'b'])).toEqual({});
  });

  it('has no place under early fusion', () => {
    expect(obstacles({ learning_speed: { a: 0.3 } })).toEqual([]);
    expect(obstacles({ learning_speed: { a: 0.3 }, fusion: { kind: 'early' } })).toEqual([
      'learning_speed: early fusion has no encoder that one modality has to itself',
    ]);
    expect(obstacles({ auxiliary_losses: { a: 0.3 }, fusion: { kind: 'early' } })).toEqual([
      'auxiliary_losses: early fusion has no encoder that one modality has to itself',
    ]);
  });
});

describe('gradient modulation', () => {
  it.each([
    [{ kind: 'concatenation' }, [], undefined],
    [{ kind: 'average' }, [], undefined],
    [{ kind: 'average' }, [8], undefined],
    [{ kind: 'concatenation' }, [8], /but `head.hidden` mixes them/],
    [{ kind: 'early' }, [], /but early fusion has one encoder for all/],
    [{ kind: 'gated' }, [], /but each gate sees all modalities/],
    [{ kind: 'low-rank' }, [], /but low-rank fusion multiplies them/],
    [{ kind: 'cross-attention' }, [], /but steps attend to those of the others/],
  ])('by %j under a head of hidden layers %j: %s', (fusion, hidden, reason) => {
    const found = obstacles({ fusion, head: { hidden }, gradient_modulation: {} });
    expect(found).toHaveLength(reason === undefined ? 0 : 1);
    if (reason !== undefined) expect(found[0]).toMatch(reason);
    expect(obstacles({ fusion, head: { hidden } })).toEqual([]);
  });
});

describeOnCpu('the balance of a network', () => {
  it('gives each parameter of a modality its speed: the encoder, and the head where it has one', () => {
    const learning_speed = { a: 0.3 };
    const speeds = (fusion: object): [string[], number[]] => {
      const network = made({ learning_speed, fusion });
      const { speeds } = network;
      network.dispose();
      return [Object.keys(speeds).sort(), [...new Set(Object.values(speeds))]];
    };
    const encoder = ['encoder.a.dense1.bias', 'encoder.a.dense1.weights'];
    for (const kind of ['concatenation', 'gated', 'low-rank']) {
      expect(speeds({ kind }), kind).toEqual([encoder, [0.3]]);
    }
    const heads = ['head.a.classes.bias', 'head.a.classes.weights'];
    expect(speeds({ kind: 'average' })).toEqual([[...encoder, ...heads], [0.3]]);
  });

  it('is refused where it names modalities that there are not, or the fusion has no place for it', () => {
    expect(() => made({ learning_speed: { smell: 0.3 } })).toThrow(
      'learning_speed names smell, which is not a modality of the network',
    );
    expect(() => made({ learning_speed: { a: 0.3 }, fusion: { kind: 'early' } })).toThrow(
      'learning_speed: early fusion has no encoder that one modality has to itself',
    );
  });
});
