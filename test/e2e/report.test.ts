import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromium, Page } from '../support/chromium.js';
import { assertBuilt, emptyDirectory, mmx, projectRoot, smallTable } from '../support/mmx.js';

const reference = join(projectRoot, 'results/reference');
const reports = ['ngiam2011', 'mnist-halves-corrnet', 'computed'] as const;

// Scripts for the page are texts: what they speak of exists there alone.

const unfold = `for (const details of document.querySelectorAll('details')) details.open = true`;

/** Texts whose contrast with the nearest background is below 4.5, with it. */
const faintTexts = `(() => {
  const numbers = (colour) => (colour.match(/[\\d.]+/g) ?? []).map(Number);
  const luminance = (colour) => {
    const [r, g, b] = numbers(colour).map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    if (element === null) return 'rgb(255, 255, 255)';
    const { backgroundColor } = getComputedStyle(element);
    return numbers(backgroundColor)[3] === 0 ? behind(element.parentElement) : backgroundColor;
  };
  const found = new Set();
  for (const element of document.querySelectorAll('body *')) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== '');
    // Numbers in a confusion matrix stand on shades of their own.
    if (!own || element.matches('title, .on-share, .beside-share, .unseen')) continue;
    const { color, fill } = getComputedStyle(element);
    const [one, other] = [luminance(element.closest('svg') ? fill : color), luminance(behind(element))];
    const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    if (!(contrast >= 4.5)) found.add(element.tagName + ' ' + element.textContent + ' ' + contrast.toFixed(2));
  }
  return [...found];
})()`;

let folder: string;
beforeAll(() => {
  assertBuilt();
  folder = emptyDirectory('report');
  for (const name of reports.slice(0, 2)) {
    const { status, stderr } = mmx(folder, 'report', join(reference, name), '--out', `${name}.html`);
    expect(status, stderr).toBe(0);
  }
  // A run whose artifacts are still there: with training curves and confusion matrices.
  writeFileSync(join(folder, 'small.yaml'), smallTable);
  expect(mmx(folder, 'table', 'small.yaml', '--quiet').status).toBe(0);
  for (const kind of ['reconstructions', 'embedding']) {
    const drawn = mmx(folder, 'figure', 'small.yaml', '--kind', kind, '--out', 'results/tables/small', '-q');
    expect(drawn.status, drawn.stderr).toBe(0);
  }
  expect(mmx(folder, 'report', 'results/tables/small', '--out', 'computed.html').status).toBe(0);
}, 240_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('mmx report', () => {
  it('writes the same bytes each time, and says where', () => {
    const again = mmx(
      folder,
      'report',
      join(reference, 'mnist-halves-corrnet'),
      '-o',
      'again.html',
      '--json',
    );
    const html = readFileSync(join(folder, 'again.html'));
    expect(JSON.parse(again.stdout)).toEqual({
      written: ['again.html'],
      bytes: html.byteLength,
      tables: ['mnist-halves-corrnet'],
    });
    expect(html.equals(readFileSync(join(folder, 'mnist-halves-corrnet.html')))).toBe(true);
  });

  it('shows what the artifact store holds of the runs', () => {
    const html = readFileSync(join(folder, 'computed.html'), 'utf8');
    expect(html).toContain('aria-label="reconstruction error of rbm left (392 → 60), mean of 2 runs: from');
    expect(html).toContain('aria-label="loss of bimodal-deep-autoencoder');
    expect(html).toMatch(
      /alt="First-layer filters of rbm left \(392 → 60\), seed 1: the 48 of 60 units with the largest weights, norms [\d.]+ to [\d.]+; each shows the left as a picture of 14 × 28 pixels"/,
    );
    // Of layers that see the data, and one seed of each.
    expect(html.match(/alt="First-layer filters of [^,:]*/g)).toHaveLength(2);
    expect(html).toMatch(
      /aria-label="Confusion matrix of rbm-cca, shared-right-to-left: 10 classes, 2000 answers/,
    );
    expect(html).toContain('Nothing was skipped, and nothing failed.');
    // Read from the artifacts, and yet what the table says of the same cells.
    const { rows } = JSON.parse(readFileSync(join(folder, 'results/tables/small/table.json'), 'utf8'));
    expect(rows).toHaveLength(3);
    for (const { cells } of rows) {
      const [cell] = Object.values(cells as Record<string, { readonly mean: number }>);
      expect(html).toContain(`${cell?.mean.toFixed(1)} % correct, 2 runs`);
    }
  });

  it('shows what models make of test examples, and where those lie in their features', () => {
    const html = readFileSync(join(folder, 'computed.html'), 'utf8');
    const of = (text: string): number => html.split(text).length - 1;
    expect(of('alt="10 examples of mnist-halves beside what bimodal-')).toBe(2);
    expect(html).toMatch(
      /what bimodal-dbn makes of them: shown left it gives back left with R² [−\d.]+ and right with R² [−\d.]+; shown right /,
    );
    expect(of('alt="400 examples of 10 classes of mnist-halves in the first two principal components')).toBe(
      3,
    );
    // Not by toMatch, which prints the whole page.
    expect(/Best of “right → left”: RBM-CCA, [\d.]+ ± [\d.]+ %\./.test(html)).toBe(true);
  });

  it('draws the same bytes from what is stored, and says what has no reconstructions', () => {
    const words = [
      'figure',
      'small.yaml',
      '--kind',
      'reconstructions',
      '--out',
      'again',
      '--json',
      '--seeds',
      '1',
    ];
    const { status, stdout } = mmx(folder, ...words);
    expect(status).toBe(0);
    const { written, refused } = JSON.parse(stdout);
    expect(refused).toEqual(["'rbm-cca' gives back nothing of what it is shown"]);
    const names = ['bimodal-dbn', 'bimodal-deep-autoencoder'].flatMap((model) =>
      ['svg', 'png', 'json'].map((end) => `reconstructions-${model}-shared-right-to-left.${end}`),
    );
    expect(written).toEqual(names.map((name) => `again/${name}`));
    for (const name of names) {
      const [one, other] = ['again', 'results/tables/small'].map((at) =>
        readFileSync(join(folder, at, name)),
      );
      expect(one?.equals(other ?? Buffer.of()), name).toBe(true);
    }
  });

  it('writes the figures as files for papers, each with a text that says what it shows', () => {
    const { status, stdout } = mmx(
      folder,
      'report',
      'results/tables/small',
      '--figures',
      'figures',
      '--json',
    );
    expect(status).toBe(0);
    const files = [
      'small.svg',
      'small.png',
      'filters-rbm-left-392-60-seed-1.png',
      'filters-rbm-right-392-60-seed-1.png',
    ];
    expect(JSON.parse(stdout).written).toEqual([
      'results/tables/small/report.html',
      ...[...files, 'alt-texts.txt'].map((name) => `figures/${name}`),
    ]);
    const bytes = (name: string): Buffer => readFileSync(join(folder, 'figures', name));
    expect(bytes('small.svg').equals(readFileSync(join(folder, 'results/tables/small/table.svg')))).toBe(
      true,
    );
    for (const name of files.slice(1)) expect(bytes(name).subarray(1, 4).toString()).toBe('PNG');
    const texts = bytes('alt-texts.txt').toString().trimEnd().split('\n');
    expect(texts.map((line) => line.slice(0, line.indexOf(': ')))).toEqual(files);
    expect(texts[1]).toMatch(
      /^small\.png: Bar chart of A small table\. right → left: highest .* %, lowest .* %\.$/,
    );
  });

  it.each([
    [['nowhere'], 'nowhere is neither a folder of results nor the beginning of the id of a run.'],
    [[join(reference, 'ngiam2011'), '--store', 'nowhere'], 'There is no artifact store nowhere.'],
    [[join(reference, 'ngiam2011'), '--out', '.'], '. is a directory; --out names the file to write.'],
  ])('refuses %j in one sentence', (words, sentence) => {
    const { status, stderr } = mmx(folder, 'report', ...words);
    expect(status).toBe(2);
    expect(stderr.split('\n')[0]).toBe(`mmx: ${sentence}`);
  });
});

describe.skipIf(chromium === null)(`in ${chromium ?? 'no Chromium: none is installed here'}`, () => {
  let page: Page;
  let server: Server;
  const asked: string[] = [];
  let origin: string;
  beforeAll(async () => {
    page = await Page.open(chromium ?? '');
    server = createServer((request, response) => {
      const path = request.url ?? '';
      asked.push(path);
      if (!/^\/[\w-]+\.html$/.test(path)) response.writeHead(404).end();
      else response.setHeader('content-type', 'text/html').end(readFileSync(join(folder, path)));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    await page.close();
    server.close();
  });

  const cases = reports.flatMap((name) =>
    (
      [
        [1280, 'light'],
        [1280, 'dark'],
        [390, 'dark'],
        [360, 'light'],
      ] as const
    ).map(([width, scheme]) => [name, width, scheme] as const),
  );

  it.each(cases)('%s at %i pixels, %s', async (name, width, scheme) => {
    asked.length = 0;
    const events = await page.visit(`${origin}/${name}.html`, { width, scheme });

    // Nothing is fetched but the page itself, and nothing is said on the console.
    expect(asked).toEqual([`/${name}.html`]);
    const requests = events
      .filter(({ method }) => method === 'Network.requestWillBeSent')
      .map(({ params }) => (params.request as { url: string }).url);
    expect(requests.filter((url) => !url.startsWith('data:'))).toEqual([`${origin}/${name}.html`]);
    const said = /^(Log\.entryAdded|Runtime\.(consoleAPICalled|exceptionThrown))$/;
    expect(events.filter(({ method }) => said.test(method))).toEqual([]);

    // The page never scrolls sideways, with everything unfolded neither.
    await page.evaluate(unfold);
    const widths = await page.evaluate('[document.documentElement.scrollWidth, innerWidth]');
    expect(widths).toEqual([width, width]);

    // Text stands out from what is behind it (WCAG 1.4.3: 4.5 to 1).
    expect(await page.evaluate(faintTexts)).toEqual([]);
  });

  it.each(reports)('%s has a name for every table, figure, picture and region', async (name) => {
    await page.visit(`${origin}/${name}.html`, { width: 1280, scheme: 'light' });
    await page.evaluate(unfold);
    const { nodes } = await page.send<{
      nodes: readonly { ignored: boolean; role?: { value: string }; name?: { value: string } }[];
    }>('Accessibility.getFullAXTree');
    const shown = nodes.filter(({ ignored }) => !ignored);
    const of = (...roles: string[]) => shown.filter(({ role }) => roles.includes(role?.value ?? ''));
    const named = of('table', 'image', 'graphics-document', 'region', 'navigation');
    expect(named.length).toBeGreaterThan(3);
    expect(named.filter(({ name }) => (name?.value ?? '') === '')).toEqual([]);
    expect(of('rowheader').length).toBeGreaterThan(4);
    expect(of('columnheader').length).toBeGreaterThan(4);
  });

  it('is light on paper, whatever the screen is', async () => {
    await page.visit(`${origin}/ngiam2011.html`, { width: 1280, scheme: 'dark' });
    const ground = 'getComputedStyle(document.body).backgroundColor';
    expect(await page.evaluate(ground)).not.toBe('rgb(255, 255, 255)');
    const features = [{ name: 'prefers-color-scheme', value: 'dark' }];
    await page.send('Emulation.setEmulatedMedia', { media: 'print', features });
    expect(await page.evaluate(ground)).toBe('rgb(255, 255, 255)');
  });

  it.each(reports)('%s fits on A4 paper', async (name) => {
    // 210 mm less Chromium's margins of 0.4 inches, at 96 pixels an inch.
    const width = 716;
    await page.visit(`${origin}/${name}.html`, { width, scheme: 'light' });
    await page.send('Emulation.setEmulatedMedia', { media: 'print' });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
  });
});
