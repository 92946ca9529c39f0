import { encodeWav } from '../../src/formats/wav.js';
import { someSound } from '../unit/frontend/fixture.js';

/** A made copy of FSDD: `{digit}_{speaker}_{take}.wav`, 0.3 s or a little more at 8 kHz, each digit a sound of its own. */
export function writeSpokenDigits(
  write: (name: string, content: Uint8Array | string) => unknown,
  { speakers, takes }: { readonly speakers: readonly string[]; readonly takes: number },
): void {
  for (let digit = 0; digit < 10; digit++) {
    speakers.forEach((speaker, voice) => {
      for (let take = 0; take < takes; take++) {
        // The tones of `someSound` go by its key modulo 7; a rise in pitch tells the other digits from those.
        const { samples } = someSound(digit + 7 * (10 * voice + take + 1) * 10, 0.3 + 0.01 * take, 8000);
        const pitched = samples.map(
          (value, i) =>
            0.5 * value + 0.2 * Math.sin(2 * Math.PI * (300 + 150 * digit + 10 * voice) * (i / 8000)),
        );
        write(`${digit}_${speaker}_${take}.wav`, encodeWav({ rate: 8000, samples: pitched }));
      }
    });
  }
}
