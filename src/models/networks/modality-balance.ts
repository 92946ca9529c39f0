import type { NetworkConfig } from '../../config/networks-schema.js';
import { MmxError } from '../../errors.js';
import { modulationObstacle } from './gradient-modulation.js';
import type { Owners } from './owners.js';

/** What a network does where one modality learns faster than the others. */
export type ModalityBalance = Pick<
  NetworkConfig,
  'learning_speed' | 'gradient_modulation' | 'auxiliary_losses'
>;

/** An option that a network cannot have, and why, in a sentence that stands after the option's name. */
export interface BalanceObstacle {
  readonly option: keyof ModalityBalance;
  readonly reason: string;
}

/** What of a config's balance its fusion has no place for. */
export function* balanceObstacles(
  config: ModalityBalance & Pick<NetworkConfig, 'fusion' | 'head'>,
): Iterable<BalanceObstacle> {
  for (const option of ['learning_speed', 'auxiliary_losses'] as const) {
    if (config.fusion.kind !== 'early' || config[option] === undefined) continue;
    yield { option, reason: 'early fusion has no encoder that one modality has to itself' };
  }
  const obstacle = config.gradient_modulation && modulationObstacle(config);
  if (obstacle !== undefined) yield { option: 'gradient_modulation', reason: obstacle };
}

/** @throws MmxError `network/balance` where the fusion has no place for an option, or a modality of its is not among these */
export function requireBalance(
  config: ModalityBalance & Pick<NetworkConfig, 'fusion' | 'head'>,
  modalities: readonly string[],
): void {
  for (const { option, reason } of balanceObstacles(config)) {
    throw new MmxError('network/balance', `${option}: ${reason}`, { exitCode: 2 });
  }
  for (const [option, values] of Object.entries(mapsByModality(config))) {
    const unknown = Object.keys(values).find((name) => !modalities.includes(name));
    if (unknown === undefined) continue;
    throw new MmxError(
      'network/balance',
      `${option} names ${unknown}, which is not a modality of the network`,
      { exitCode: 2, hint: `its modalities are ${modalities.join(', ')}` },
    );
  }
}

/** The options that are maps by modality, by name; empty ones where they are absent. */
export const mapsByModality = ({
  learning_speed = {},
  auxiliary_losses = {},
}: ModalityBalance): Readonly<Record<string, Readonly<Record<string, number>>>> => ({
  learning_speed,
  auxiliary_losses,
});

/**
 * A config's balance as far as it makes a difference to a network of these modalities: nothing of the others, no neutral
 * values, and no modulation of a modality that has none beside it.
 */
export function balanceOf(config: ModalityBalance, modalities: readonly string[]): ModalityBalance {
  const speeds = shown(config.learning_speed, modalities, 1);
  const losses = shown(config.auxiliary_losses, modalities, 0);
  const modulation = modalities.length > 1 ? config.gradient_modulation : undefined;
  return {
    ...(speeds && { learning_speed: speeds }),
    ...(modulation && { gradient_modulation: modulation }),
    ...(losses && { auxiliary_losses: losses }),
  };
}

/** Factors of the learning rate by parameter. @param owners of the parameters that one modality alone has */
export const speedsOf = (
  { learning_speed: speeds = {} }: ModalityBalance,
  owners: Owners,
): Readonly<Record<string, number>> =>
  Object.fromEntries(
    Object.entries(owners).flatMap(([parameter, modality]) => {
      const speed = Object.hasOwn(speeds, modality) ? speeds[modality] : undefined;
      return speed === undefined ? [] : [[parameter, speed]];
    }),
  );

/** The entries of modalities that there are, without neutral ones; undefined where none is left. */
function shown(
  values: Readonly<Record<string, number>> | undefined,
  modalities: readonly string[],
  neutral: number,
): Record<string, number> | undefined {
  const left = Object.entries(values ?? {}).filter(
    ([modality, value]) => modalities.includes(modality) && value !== neutral,
  );
  return left.length === 0 ? undefined : Object.fromEntries(left);
}
