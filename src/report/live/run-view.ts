import { type Series, seriesOfEpochs } from '../../pipeline/evidence/measurements.js';
import type { EpochMeans, StageProgress } from '../../pipeline/graph/stage.js';
import type { RunEvent } from '../../pipeline/run/events.js';
import type { RunManifest } from '../../pipeline/runs/manifest.js';
import { RunMeter } from '../progress/meter.js';

export type ViewedState = 'running' | 'done' | 'stored' | 'failed' | 'skipped' | 'interrupted';

/** A stage of the run, as far as is known of it. */
export interface ViewedStage {
  readonly hash: string;
  readonly kind: string;
  readonly label: string;
  readonly state: ViewedState;
  readonly progress?: StageProgress | undefined;
  /** When it began, in seconds since 1970. */
  readonly started?: number;
  /** How long it took. */
  readonly seconds?: number;
  /** Why it failed or was skipped. */
  readonly why?: string;
  readonly series: readonly Series[];
}

/** `running`: it goes on. `gone`: its process ended without saying so, and left no record. */
export type RunState = 'running' | 'ended' | 'gone';

/** Epochs of one stage that are kept, and warnings: a journal may hold any number. */
const mostEpochs = 100_000;
const mostWarnings = 100;
const mostCharacters = 500;

/** Puts together from the events of a run what a page shows of it. */
export class RunView {
  readonly meter: RunMeter;
  readonly warnings: string[] = [];
  state: RunState = 'running';
  readonly #stages = new Map<string, ViewedStage>();
  readonly #epochs = new Map<string, Map<number, EpochMeans>>();
  readonly #now: () => number;
  readonly #measured: (stage: { readonly hash: string; readonly kind: string }) => readonly Series[];

  /**
   * @param now a clock in seconds since 1970, which tells the time of the event that is observed
   * @param measured what a stored stage has measured; nothing where it cannot be read
   */
  constructor(
    now: () => number,
    measured: (stage: { readonly hash: string; readonly kind: string }) => readonly Series[],
  ) {
    this.#now = now;
    this.#measured = measured;
    this.meter = new RunMeter(now);
  }

  /** In the order in which they were heard of. */
  get stages(): readonly ViewedStage[] {
    return [...this.#stages.values()];
  }

  observe(event: RunEvent): void {
    this.meter.observe(event);
    switch (event.type) {
      case 'stage-start':
        this.#set(event, { state: 'running', started: this.#now(), progress: undefined });
        break;
      case 'stage-progress':
        this.#progressed(event, event.progress);
        break;
      case 'stage-done':
        this.#set(event, { state: 'done', seconds: event.seconds, series: this.#result(event) });
        break;
      case 'stage-reused':
        this.#set(event, { state: 'stored', series: this.#result(event) });
        break;
      case 'stage-failed':
        this.#set(event, { state: 'failed', why: clipped(event.error.message) });
        break;
      case 'stage-skipped':
        this.#set(event, { state: 'skipped', why: clipped(`it needs ${event.because}`) });
        break;
      case 'warning':
        if (this.warnings.length < mostWarnings) {
          const of = event.label === undefined ? '' : `${event.label}: `;
          this.warnings.push(clipped(of + event.message));
        }
        break;
      case 'run-end':
        this.state = 'ended';
        break;
      default:
        break;
    }
  }

  /**
   * The run has stopped. Its record says what became of stages whose last events nobody has read.
   *
   * @param manifest its record; absent where it left none
   */
  close(manifest: Pick<RunManifest, 'stages'> | undefined): void {
    this.state = this.state === 'ended' || manifest !== undefined ? 'ended' : 'gone';
    for (const { hash, kind, label, end, seconds } of manifest?.stages ?? []) {
      const known = this.#stages.get(hash);
      const state = endStates[end];
      if (state === undefined || known?.state === state) continue;
      this.#set(
        { hash, kind, label },
        {
          state,
          ...(seconds === null ? {} : { seconds }),
          ...(state === 'done' || state === 'stored' ? { series: this.#result({ hash, kind }) } : {}),
        },
      );
    }
    for (const stage of this.stages) {
      if (stage.state === 'running') this.#set(stage, { state: 'interrupted' });
    }
  }

  #progressed(stage: { hash: string; kind: string; label: string }, progress: StageProgress): void {
    const epochs = this.#epochs.get(stage.hash) ?? new Map<number, EpochMeans>();
    this.#epochs.set(stage.hash, epochs);
    for (const one of progress.epochs ?? []) {
      if (epochs.size < mostEpochs || epochs.has(one.epoch)) epochs.set(one.epoch, one);
    }
    this.#set(stage, { state: 'running', progress, series: seriesOfEpochs(epochs.values()) });
  }

  /** Curves that were told while the stage ran stay where its result cannot be read. */
  #result(stage: { readonly hash: string; readonly kind: string }): readonly Series[] {
    const stored = this.#measured(stage);
    return stored.length > 0 ? stored : (this.#stages.get(stage.hash)?.series ?? []);
  }

  #set(
    { hash, kind, label }: { readonly hash: string; readonly kind: string; readonly label: string },
    change: Partial<ViewedStage> & Pick<ViewedStage, 'state'>,
  ): void {
    const known = this.#stages.get(hash) ?? { hash, kind, label: clipped(label), series: [] };
    this.#stages.set(hash, { ...known, ...change });
  }
}

/** Texts are of other files, and may have any length. */
function clipped(content: string): string {
  return content.length > mostCharacters ? `${content.slice(0, mostCharacters)}…` : content;
}

const endStates: Readonly<Partial<Record<RunManifest['stages'][number]['end'], ViewedState>>> = {
  ran: 'done',
  reused: 'stored',
  failed: 'failed',
  skipped: 'skipped',
  interrupted: 'interrupted',
};
