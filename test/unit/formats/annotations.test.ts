import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseElan, readElan } from '../../../src/formats/elan.js';
import { parseTextGrid, readTextGrid } from '../../../src/formats/textgrid.js';
import { scratchFolder } from '../corpora/folder.js';
import { elan, longGrid, shortGrid } from './annotations.js';

const { path, write } = scratchFolder();
afterAll(() => rmSync(path, { recursive: true }));

const words = {
  name: 'words',
  speaker: null,
  intervals: [
    { start: 0, end: 0.5, label: '' },
    { start: 0.5, end: 1.25, label: 'say "ah"' },
    { start: 1.25, end: 2.5, label: 'zwölf' },
  ],
  untimed: 0,
};

const utf16 = (text: string): Buffer => Buffer.from(`\uFEFF${text}`, 'utf16le');

describe('a TextGrid', () => {
  it.each([
    ['long', longGrid],
    ['short', shortGrid],
    ['long, lines ended by CR', longGrid.replaceAll('\n', '\r')],
    ['with comments', longGrid.replace('xmin', '! 12 "comment\nxmin')],
  ])('is read in the format %s', (_, text) => {
    const { tiers, pointTiers, media } = parseTextGrid(text, 'x');
    expect(tiers).toEqual([words, expect.objectContaining({ name: 'phones' })]);
    expect([pointTiers, media]).toEqual([['clicks'], []]);
  });

  it.each([
    ['UTF-8', Buffer.from(longGrid)],
    ['UTF-8 with a mark', Buffer.from(`\uFEFF${longGrid}`)],
    ['UTF-16, little end first', utf16(longGrid)],
    ['UTF-16, big end first', utf16(longGrid).swap16()],
  ])('is read in %s', (_, bytes) => {
    expect(readTextGrid(write('a.TextGrid', bytes)).tiers[0]).toEqual(words);
  });

  it.each([
    ['', 'x:1 is not usable: it ends where the kind of file belongs'],
    [
      'File type = "ooTextFile"\nObject class = "Pitch"',
      'x:2 is not usable: it is no TextGrid in text format',
    ],
    ['"Praat chronological TextGrid text file"\n0 2.5', 'it is a chronological TextGrid'],
    [longGrid.replace('xmin = 0 ', 'xmin = 3 '), 'x:4 is not usable: its time begins at 3 s'],
    [
      longGrid.replace('xmin = 0.5 ', 'xmin = half '),
      'x:22 is not usable: \'say "ah"\' stands where the end of interval 2',
    ],
    [
      longGrid.replace('xmax = 1.25', 'xmax = 0.25'),
      "x:21 is not usable: interval 2 of tier 'words' ends at 0.25 s, before it begins at 0.5 s",
    ],
    [longGrid.replace('xmin = 0.5', 'xmin = -0.5'), 'x:21 is not usable'],
    [longGrid.replace('xmax = 0.5', 'xmax = 1e999'), 'x:17 is not usable'],
    [longGrid.replace('"zwölf"', '"zwölf'), 'is not usable'],
    [
      longGrid.replace('"a"', '"a'),
      'x:45 is not usable: a text begins there whose quotation mark is never closed',
    ],
    [longGrid.slice(0, -30), 'is not usable: it ends where'],
    [longGrid.replace('size = 3 ', 'size = 1e15'), 'it ends where the class of tier 4 belongs'],
    [longGrid.replace('size = 3 ', 'size = -1'), 'the number of tiers is -1'],
    [longGrid.replace('TextTier', 'Sound'), "tier 2 is of the class 'Sound'"],
  ])('that is damaged is refused with its line (%#)', (text, message) => {
    expect(() => parseTextGrid(text, 'x')).toThrow(message);
  });

  it('must be text, and there', () => {
    const binary = write('b.TextGrid', Buffer.from('ooBinaryFile\x08TextGrid\0\0\0'));
    expect(() => readTextGrid(binary)).toThrow(/b\.TextGrid is not usable: it is not text/);
    expect(() => readTextGrid(write('odd.TextGrid', utf16('ab').subarray(0, 5)))).toThrow(
      'ends within a character',
    );
    expect(() => readTextGrid(join(path, 'none.TextGrid'))).toThrow(
      /cannot read the annotations .*does not exist/,
    );
    expect(() => readTextGrid(write('latin.TextGrid', Buffer.from(longGrid, 'latin1')))).toThrow(
      'line 26 is not UTF-8',
    );
  });
});

describe('annotations of ELAN', () => {
  it('have tiers, speakers, recordings, and count what has no times', () => {
    const { tiers, media } = readElan(write('a.eaf', elan));
    expect(tiers).toEqual([
      {
        name: 'words',
        speaker: 'Anna',
        intervals: [{ start: 0.5, end: 1.25, label: 'salt & pepper!' }],
        untimed: 1,
      },
      { name: 'meaning', speaker: null, intervals: [{ start: 0.5, end: 1.25, label: 'spice' }], untimed: 2 },
    ]);
    expect(media).toEqual(['My movie.mpg']);
  });

  it('count from where their recording begins', () => {
    const text = elan.replace('MIME_TYPE', 'TIME_ORIGIN="2000" MIME_TYPE');
    expect(parseElan(text, 'x').tiers[0]?.intervals).toMatchObject([{ start: 2.5, end: 3.25 }]);
    const other = '<MEDIA_DESCRIPTOR MEDIA_URL="file:///b.wav" MIME_TYPE="audio/x-wav"/>';
    expect(() => parseElan(text.replace('<PROPERTY', `${other}<PROPERTY`), 'x')).toThrow(
      'x:5 is not usable: its recordings begin at different moments',
    );
  });

  it.each([
    ['', 'x is not usable: it has no elements'],
    ['<html></html>', 'x:1 is not usable: it begins with <html>'],
    [
      '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>\n<a>&b;</a>',
      'x:1 is not usable: it has a document type declaration',
    ],
    [elan.replace('&amp;', '&spice;'), "x:16 is not usable: '&spice;' is no character of XML"],
    [elan.replace('&amp;', '& '), "x:16 is not usable: '&' is no character"],
    [elan.replace('&#33;', '&#0;'), 'no character of XML'],
    [elan.replace('&#33;', '&#xD800;'), 'no character of XML'],
    [elan.replace('</TIER>', '</TIMES>'), 'x:24 is not usable: </TIMES> closes <TIER> of line 13'],
    [elan.slice(0, 900), 'is not usable'],
    [
      elan.replace('"ts1" TIME_VALUE="500"', '"ts1" TIME_VALUE="-500"'),
      "x:8 is not usable: TIME_VALUE is '-500'",
    ],
    [
      elan.replace('"ts1" TIME_VALUE="500"', '"ts1" TIME_VALUE="5000"'),
      'x:15 is not usable: the annotation ends at 1250 ms, before it begins at 5000 ms',
    ],
    [
      elan.replace('TIME_SLOT_REF1="ts1"', 'TIME_SLOT_REF1="ts9"'),
      "x:15 is not usable: there is no time slot 'ts9'",
    ],
    [
      elan.replace('TIME_SLOT_REF1="ts1"', ''),
      'x:15 is not usable: <ALIGNABLE_ANNOTATION> has no TIME_SLOT_REF1',
    ],
    [elan.replace('ANNOTATION_REF="a1"', 'ANNOTATION_REF="a3"'), 'in a circle'],
    [elan.replace('ANNOTATION_REF="a1"', 'ANNOTATION_REF="a9"'), "there is no annotation 'a9'"],
    [elan.replace('"a2"', '"a1"'), "x:20 is not usable: it has the annotation 'a1' twice"],
    [elan.replace('TIER_ID="meaning"', 'TIER_ID="words"'), "it has the tier 'words' twice"],
    [elan.replace('milliseconds', 'PAL-frames'), 'x:3 is not usable: its times are in PAL-frames'],
    [elan.replace('UTF-8', 'ISO-8859-1'), 'x:1 is not usable: it says that it is encoded in ISO-8859-1'],
    ['<a>'.repeat(100_000), 'nested more than 64 deep'],
    [`<a>${'<b/>'.repeat(1_000_001)}</a>`, 'more than 1000000 elements'],
    ['<a b="1" b="2"/>', 'attribute b twice'],
    ['<a/><b/>', '<b> follows the end of the document'],
    ['<a/>b', "'b' stands outside of all elements"],
    ['<a><![CDATA[</a>', 'a CDATA section begins there and does not end'],
  ])('that are damaged are refused with their line (%#)', (text, message) => {
    expect(() => parseElan(text, 'x')).toThrow(message);
  });

  it('that refer to one another in a long chain do not take long', () => {
    const tiers = Array.from(
      { length: 60_000 },
      (_, i) =>
        `<TIER TIER_ID="t${i}"><ANNOTATION><REF_ANNOTATION ANNOTATION_ID="a${i}" ANNOTATION_REF="a${i + 1}"/></ANNOTATION></TIER>`,
    );
    const text = `<ANNOTATION_DOCUMENT>${tiers.join('')}</ANNOTATION_DOCUMENT>`;
    const began = performance.now();
    expect(() => parseElan(text, 'x')).toThrow("there is no annotation 'a60000'");
    expect(performance.now() - began).toBeLessThan(10_000);
  });
});
