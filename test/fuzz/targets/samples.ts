/** The samples of sound, whatever header they come with. */
import { failing } from '../../../src/formats/bytes.js';
import {
  checkRecording,
  decodeSamples,
  type SampleEncoding,
  sampleEncodings,
} from '../../../src/formats/samples.js';
import { bytesIn, fuzzed, inputOfFiles } from '../core/inputs.js';
import { check, type Target } from '../core/target.js';

const encodings = Object.keys(sampleEncodings) as SampleEncoding[];

/** As the readers of WAV and SPHERE use it: header figures checked first, whole frames only. */
export const samplesTarget: Target = {
  name: 'binary/samples',
  weight: 20,
  onDisk: false,
  least: { accepted: 0.2, refused: 0.1 },
  make(random) {
    const encoding = random.pick(encodings);
    const channels = random.pick([1, 1, 1, 2, 3, 64, 0, 65]);
    const frame = (channels * sampleEncodings[encoding].bits) / 8;
    const rate = random.pick([8000, 16000, 44100, 99, 1e6, 1e7]);
    const channel = random.chance(0.7) ? '' : random.pick(['0', '1', '7', '-1']);
    const bytes = random.bytes(frame * random.between(1, 20));
    if (random.chance(0.2)) bytes.fill(0xff, random.below(bytes.length));
    return inputOfFiles({ [fuzzed]: bytes }, [encoding, String(channels), String(rate), channel]);
  },
  run(input) {
    const [encoding, channels, rate, channel] = input.words;
    const choice = channel ? { channel: Number(channel) } : {};
    const fail = failing('formats/wav', fuzzed, 'WAV file');
    checkRecording(Number(rate), Number(channels), choice, fail);
    const samples = decodeSamples(bytesIn(input), encoding as SampleEncoding, Number(channels), choice, fail);
    check(samples.length > 0 && samples.every(Number.isFinite), 'samples are finite');
    return 'accepted';
  },
};
