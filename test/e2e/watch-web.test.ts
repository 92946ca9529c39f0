import { rmSync, writeFileSync } from 'node:fs';
import { type IncomingHttpHeaders, request } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BrowserEvent, chromium, Page } from '../support/chromium.js';
import { assertBuilt, emptyDirectory, launchMmx, mmx, type RunningMmx, smallTable } from '../support/mmx.js';
import { skippedIf } from '../support/skipped.js';
import { until } from '../support/until.js';

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** @param options a path, a method, a Host header of another name */
function ask(
  address: string,
  options: { path?: string; method?: string; host?: string } = {},
): Promise<Answer> {
  const { path = '/', method = 'GET', host = new URL(address).host } = options;
  return new Promise((resolve, reject) => {
    const sent = request(
      new URL(address),
      { path, method, headers: { Host: host }, agent: false },
      (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (text: string) => {
          body += text;
        });
        response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body }));
      },
    );
    sent.on('error', reject).end();
  });
}

interface State {
  readonly title: string;
  readonly run: 'running' | 'ended' | 'gone';
  readonly sections: Readonly<Record<'state' | 'summary' | 'results' | 'curves' | 'stages', string>>;
}

const stateOf = async (address: string): Promise<State> =>
  JSON.parse((await ask(address, { path: '/state' })).body) as State;

const textOf = (page: Page, id: string): Promise<string> =>
  page.evaluate(`document.getElementById('${id}').textContent`);

/** Until it holds; what comes too late, the next expectation shows. */
async function wait(condition: () => Promise<boolean>): Promise<void> {
  for (const end = performance.now() + 60_000; !(await condition()) && performance.now() < end; )
    await sleep(50);
}

/** Points of the longest curve. */
const pointsIn = (curves: string): number =>
  Math.max(
    0,
    ...[...curves.matchAll(/points="([^"]*)"/g)].map(([, points = '']) => points.split(' ').length),
  );

const epochs = 180;
let directory: string;
let run: RunningMmx;
let watching: RunningMmx;
let address: string;
/** Open before the run begins: it may take as long to start as a part of the run. */
let page: Page | undefined;
const started: RunningMmx[] = [];

beforeAll(async () => {
  assertBuilt();
  directory = emptyDirectory('watch-web');
  page = chromium === null ? undefined : await Page.open(chromium);
  // One seed, and RBMs long enough for several updates of the page.
  writeFileSync(
    join(directory, 'small.yaml'),
    smallTable
      .replaceAll('{hidden: 60, epochs: 4}', `{hidden: 60, epochs: ${epochs}}`)
      .replace('seeds: [1, 2]', 'seeds: [1]'),
  );
  run = launchMmx(directory, {}, 'table', 'small.yaml', '--jobs', '1', '--quiet');
  started.push(run);
  await until('the run', () => mmx(directory, 'runs', 'watch', '--json').stdout.includes('"running"'));
  ({ running: watching, address } = await serving('runs', 'watch', '--web'));
});

afterAll(async () => {
  await page?.close();
  for (const { process } of started) process.kill('SIGKILL');
  await Promise.all(started.map(({ ended }) => ended));
  rmSync(directory, { recursive: true, force: true });
});

async function serving(...args: string[]): Promise<{ running: RunningMmx; address: string }> {
  const running = launchMmx(directory, {}, ...args);
  started.push(running);
  let said = '';
  running.process.stdout?.on('data', (text: string) => {
    said += text;
  });
  await until('the address', () => said.includes('; Ctrl-C ends the page, not the run'));
  return {
    running,
    address: /^(http:\/\/127\.0\.0\.1:\d+\/) shows \d{8}-\d{6}-small;/.exec(said)?.[1] ?? said,
  };
}

describe('mmx runs watch --web', () => {
  it('answers GET under its own name alone, and lets no other page read or frame it', async () => {
    const { port } = new URL(address);
    const { status, headers, body } = await ask(address);
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
    });
    const policy = headers['content-security-policy'] ?? '';
    expect(policy).toMatch(
      /^default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-[^']+'; connect-src 'self';/,
    );
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    expect(body.match(/(?:src|href)="([^"]*)"/g)).toEqual(['href="data:,"']);
    const refused = await Promise.all([
      ask(address, { host: `rebound.example:${port}` }),
      ask(address, { host: '127.0.0.1' }),
      ask(address, { method: 'POST' }),
      ask(address, { method: 'HEAD' }),
      ask(address, { path: '/../etc/passwd' }),
      ask(address, { path: '/constructor' }),
      ask(address, { path: '/state?x' }),
    ]);
    expect(refused.map((one) => one.status)).toEqual([421, 421, 405, 405, 404, 404, 404]);
    for (const one of refused) {
      expect(one.headers['content-security-policy']).toBe(policy);
      expect(one.body.length).toBeLessThan(100);
    }
    expect((await ask(address, { host: `localhost:${port}` })).status).toBe(200);
  });

  it('names a port that another program has', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as { port: number };
    const { status, stderr } = await launchMmx(
      directory,
      {},
      'runs',
      'watch',
      '--web',
      '--port',
      String(port),
    ).ended;
    taken.close();
    expect(stderr).toContain(`port ${port} of 127.0.0.1 cannot be used: another program has it`);
    expect(status).toBe(2);
    expect(mmx(directory, 'runs', 'watch', '--port', '8080').stderr).toContain('--port needs --web');
  });

  it.skipIf(chromium === null)(
    `shows curves that grow while the run goes on, and that it has ended${skippedIf(chromium === null, 'no Chromium')}`,
    async () => {
      if (page === undefined) throw new Error('the browser did not start');
      const shown = page;
      const events = await shown.visit(address, { width: 390, scheme: 'dark' });
      const points = () =>
        shown.evaluate<number>(
          `Math.max(0, ...[...document.querySelectorAll('polyline.curve')].map((line) => line.points.numberOfItems))`,
        );
      const seen: number[] = [];
      const look = async (): Promise<boolean> => {
        const now = await points();
        if (now > (seen.at(-1) ?? 1)) seen.push(now);
        return seen.length >= 3;
      };
      await wait(look);
      expect(seen.length).toBeGreaterThanOrEqual(3);
      expect((await stateOf(address)).run).toBe('running');
      expect(await textOf(shown, 'state')).toBe('The run goes on.');
      const width = await shown.evaluate<number>(`document.documentElement.scrollWidth`);
      expect(width).toBeLessThanOrEqual(390);
      expect((await run.ended).status).toBe(0);
      await wait(async () => (await textOf(shown, 'state')) === 'The run has ended.');
      expect(errorsIn(events)).toEqual([]);
      const outside = events
        .filter(({ method }) => method === 'Network.requestWillBeSent')
        .map(({ params }) => new URL((params.request as { url: string }).url).origin);
      expect([...new Set(outside)].filter((origin) => origin !== 'null')).toEqual([new URL(address).origin]);
      await shown.visit(address, { width: 1280, scheme: 'light' });
      expect(await textOf(shown, 'state')).toBe('The run has ended.');
    },
    180_000,
  );

  it('stays after the run has ended, with every stage, curve and accuracy, and ends with Ctrl-C', async () => {
    expect((await run.ended).status).toBe(0);
    await wait(async () => (await stateOf(address)).run !== 'running');
    const state = await stateOf(address);
    expect(state.run).toBe('ended');
    expect(state.title).toMatch(/^ended · \d{8}-\d{6}-small$/);
    expect(state.sections.state).toBe('The run has ended.');
    expect(state.sections.summary).toContain('8 of 8 stages have ended');
    expect(state.sections.stages.match(/class="state done"/g)).toHaveLength(8);
    expect(state.sections.results.match(/\d\d\.\d\d %/g)).toHaveLength(3);
    // Long curves are drawn with every second or third epoch.
    expect(pointsIn(state.sections.curves)).toBeGreaterThanOrEqual(epochs / 3);
    expect(state.sections.curves).toContain('reconstruction error of rbm left (392 → 60)');
    expect(state.sections.curves).toContain('loss of ');
    watching.process.kill('SIGINT');
    expect((await watching.ended).status).toBe(0);
    await expect(ask(address)).rejects.toThrow('ECONNREFUSED');
  }, 120_000);
});

const errorsIn = (events: readonly BrowserEvent[]): readonly string[] =>
  events
    .filter(
      ({ method, params }) =>
        method === 'Runtime.exceptionThrown' ||
        method === 'Runtime.consoleAPICalled' ||
        (method === 'Log.entryAdded' && (params.entry as { level: string }).level !== 'verbose'),
    )
    .map((event) => JSON.stringify(event));
