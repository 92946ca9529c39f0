/** What comes over the network: archives, and listings of records. */
import { parseListing } from '../../../src/corpora/downloads/zenodo.js';
import { openZip } from '../../../src/corpora/downloads/zip-archive.js';
import { encodeZip, type ZipEntry } from '../../support/zip.js';
import { damagedBytes, oddlyPlaced } from '../core/bytes.js';
import { bytesIn, damagedFile, fuzzed, inputOfFiles, textIn } from '../core/inputs.js';
import { Random } from '../core/random.js';
import { check, type Target, type Verdict } from '../core/target.js';

const fixed = new Random(20110628, 'archives', 0);
const movies: readonly ZipEntry[] = [
  { name: 's1/' },
  { name: 's1/bbaf2n.mpg', content: fixed.bytes(200) },
  { name: 's1/bbaf3s.mpg', content: fixed.bytes(90), stored: true },
];
const labels: readonly ZipEntry[] = [
  { name: 's1/bbaf2n.align', content: '0 75000 sil\n'.repeat(20), mode: 0o100644 },
  { name: 's1/é.align', content: '' },
];
const archives = [encodeZip(movies), encodeZip(labels), encodeZip([])];
const limits = { entries: 50, unpackedBytes: 1e6 };

const zip: Target = {
  name: 'downloads/zip',
  weight: 40,
  onDisk: false,
  least: { accepted: 0.01, refused: 0.25 },
  make(random) {
    const bytes = random.chance(0.03)
      ? random.pick(archives)
      : damagedBytes(random.pick(archives), archives, random);
    return inputOfFiles({ [fuzzed]: oddlyPlaced(bytes, random) });
  },
  async run(input): Promise<Verdict> {
    const bytes = bytesIn(input);
    const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const archive = await openZip(source, fuzzed, { into: 's1', contains: undefined }, limits);
    try {
      const paths = archive.members.map(({ path }) => path);
      check(new Set(paths.map((path) => path.toLowerCase())).size === paths.length, 'no two are one file');
      for (const path of paths) {
        check(path.startsWith('s1/') && !path.split('/').includes('..'), 'all lie below the folder');
      }
      let whole = 0;
      for (const member of archive.members)
        for await (const piece of archive.read(member)) whole += piece.length;
      check(
        whole === archive.unpackedBytes && whole <= limits.unpackedBytes,
        'sizes are those of the directory',
      );
    } finally {
      archive.close();
    }
    return 'accepted';
  },
};

const listingOf = (...names: readonly string[]): string =>
  JSON.stringify({
    id: 3625687,
    files: names.map((key, index) => ({
      key,
      size: 1000 + index,
      checksum: `md5:${String(index).repeat(32)}`,
      links: { self: `https://zenodo.org/api/records/3625687/files/${key}/content` },
    })),
  });
const listings = [listingOf('s1.zip', 'alignments.zip'), listingOf()];

const listing: Target = {
  name: 'downloads/listing',
  weight: 25,
  onDisk: false,
  least: { accepted: 0.01, refused: 0.25 },
  make: (random) => inputOfFiles({ [fuzzed]: damagedFile(random.pick(listings), listings, random) }),
  run(input) {
    const files = parseListing(textIn(input), fuzzed);
    check(new Set(files.map(({ name }) => name)).size === files.length, 'names differ');
    for (const { address, bytes, md5 } of files) {
      check(new URL(address).origin === 'https://zenodo.org', 'addresses are of Zenodo');
      check(Number.isSafeInteger(bytes) && bytes >= 0, 'sizes are whole numbers');
      check(/^[0-9a-f]{32}$/.test(md5), 'checksums are MD5');
    }
    return 'accepted';
  },
};

export const downloadTargets: readonly Target[] = [zip, listing];
