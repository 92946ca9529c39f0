import type { RunManifest } from '../../pipeline/runs/manifest.js';
import { formatBytes } from '../../pipeline/store/files.js';
import type { ReportedTable } from './collect-results.js';
import { configRows } from './config-values.js';
import { details, grid, type Markup, tag, text } from './markup.js';

/** How the numbers of one table came about, folded away. */
export function provenanceOf({ name, manifest }: ReportedTable): Markup {
  if (manifest === null) {
    return tag(
      'p',
      { class: 'absent' },
      `No manifest.json beside ${text(name)}: how it was computed is not known.`,
    );
  }
  return details(
    `How <b>${text(name)}</b> was computed`,
    facts(manifest),
    details(
      `Configuration <span class="count">${text(manifest.config.file)}, with where each value came from</span>`,
      grid(
        'Values of the configuration and their origins',
        ['value', 'is', 'from'],
        configRows(manifest).map(({ path, value, origin }) => [
          code(path),
          code(value),
          text(origin ?? 'not recorded'),
        ]),
      ),
      grid(
        'Files of the configuration',
        ['file', 'SHA-256'],
        Object.entries(manifest.config.files).map(([file, digest]) => [
          code(file),
          code(digest.slice(0, 16)),
        ]),
      ),
    ),
    details(
      `Stages <span class="count">${text(stagesText(manifest))}</span>`,
      grid(
        'Stages of the run, inputs before what needs them',
        ['stage', 'kind', 'in this run', 'seconds', 'engine', 'identity'],
        manifest.stages.map(({ label, kind, end, seconds, engine, hash }) => [
          text(label),
          text(kind),
          text(end),
          tag('span', { class: 'number' }, seconds === null ? '–' : seconds.toFixed(1)),
          text(engine ?? '–'),
          code(hash.slice(0, 12)),
        ]),
        'unseen',
      ),
    ),
  );
}

function facts(manifest: RunManifest): Markup {
  const { engine, config } = manifest;
  const versions = Object.entries(engine.versions).map(([name, version]) => `${name} ${version}`);
  const rows: readonly (readonly [term: string, ...values: readonly Markup[]])[] = [
    ['Command', code(manifest.command.join(' '))],
    ['Overrides', config.overrides.length === 0 ? 'none' : code(config.overrides.join(' '))],
    ['Seeds', text(manifest.seeds.join(', '))],
    [
      'mmx',
      text(`${manifest.mmx}${manifest.commit === null ? '' : `, commit ${manifest.commit.slice(0, 12)}`}`),
    ],
    ['Engine', text(engine.description), text(versions.join(', '))],
    ...(engine.declined.length === 0
      ? []
      : [['Engines not taken', ...engine.declined.map(({ reason }) => text(reason))] as const]),
    ['Node.js', text(`${manifest.node}, ${manifest.platform}`)],
    [
      'Machine',
      text(`${manifest.cpu}, ${manifest.cores} cores, ${formatBytes(manifest.memoryBytes)} of memory`),
    ],
    [
      'Processes',
      text(`${manifest.jobs} at a time, ${manifest.threads} thread${manifest.threads === 1 ? '' : 's'} each`),
    ],
    ['Run', text(`${minute(manifest.started)}, ${duration(manifest.seconds)}`)],
    ['Stages', text(stagesText(manifest))],
    ['Peak memory', text(`${formatBytes(manifest.peakRssBytes)} in the largest process`)],
  ];
  return tag(
    'dl',
    {},
    ...rows.flatMap(([term, ...values]) => [
      tag('dt', {}, text(term)),
      ...values.map((value) => tag('dd', {}, value)),
    ]),
  );
}

/** `83 stages: 9 ran, 40 reused, 34 unneeded; 22 min of computing in this run and earlier ones`. */
export function stagesText({ stages }: Pick<RunManifest, 'stages'>): string {
  const counts = new Map<string, number>();
  for (const { end } of stages) counts.set(end, (counts.get(end) ?? 0) + 1);
  const ends = [...counts].map(([end, count]) => `${count} ${end}`).join(', ');
  const seconds = stages.reduce((sum, stage) => sum + (stage.seconds ?? 0), 0);
  return `${stages.length} stages: ${ends}; ${duration(seconds)} of computing in this run and earlier ones`;
}

/** `17.4 s`, `3 min`, `2.5 h`. */
export function duration(seconds: number): string {
  if (seconds < 100) return `${seconds.toFixed(seconds < 10 ? 2 : 1)} s`;
  return seconds < 6000 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

/** ISO 8601 to the minute, for people. */
const minute = (iso: string): string => `${iso.slice(0, 16).replace('T', ' ')} UTC`;

const code = (content: string): Markup => tag('code', {}, text(content));
