import { InputFolder } from './folder.js';
import { minimised } from './minimise.js';
import { Random } from './random.js';
import { type Defect, type FuzzInput, judge, type Outcome, type Target } from './target.js';

/** Inputs of one target, `from` up to but without `to`. */
export interface Batch {
  readonly target: string;
  readonly seed: number;
  readonly from: number;
  readonly to: number;
}

/** A defect and the smallest input seen that shows it. */
export interface FoundDefect {
  readonly target: string;
  readonly what: string;
  readonly signature: string;
  readonly detail: string;
  readonly number: number;
  readonly bytes: number;
  /** Inputs that show it. */
  readonly count: number;
}

export interface BatchReport {
  readonly run: number;
  readonly accepted: number;
  readonly refused: number;
  /** Processor time of the slowest input, and which it was. */
  readonly slowestMilliseconds: number;
  readonly slowest: number;
  /** Largest resident set of the process so far. */
  readonly peakBytes: number;
  readonly milliseconds: number;
  readonly defects: readonly FoundDefect[];
}

/** The input with a number: the same on every machine, whatever ran before. */
export function inputOf(target: Target, seed: number, number: number): FuzzInput {
  return target.make(new Random(seed, target.name, number));
}

export function bytesOf({ files }: FuzzInput): number {
  return [...files.values()].reduce((sum, entry) => sum + (typeof entry === 'string' ? 0 : entry.length), 0);
}

/** Runs inputs of one target in this process, each in the same folder, which is the working directory meanwhile. */
export class BatchRunner {
  readonly #target: Target;
  readonly #folder = new InputFolder();
  readonly #home = process.cwd();
  #prepared = false;

  constructor(target: Target) {
    this.#target = target;
  }

  async prepare(): Promise<void> {
    await this.#target.prepare?.();
    process.chdir(this.#folder.path);
    this.#prepared = true;
  }

  /** @param begin told the number of each input before it is made */
  async run({ seed, from, to }: Batch, begin: (number: number) => void = () => {}): Promise<BatchReport> {
    if (!this.#prepared) throw new Error('run before prepare');
    const started = performance.now();
    let [accepted, refused, slowestMilliseconds, slowest] = [0, 0, 0, from];
    const defects = new Map<string, FoundDefect>();
    for (let number = from; number < to; number++) {
      begin(number);
      const input = inputOf(this.#target, seed, number);
      if (this.#target.onDisk) this.#folder.put(input.files);
      const before = process.cpuUsage();
      const pending = judge(this.#target, input);
      const outcome = pending instanceof Promise ? await pending : pending;
      const { user, system } = process.cpuUsage(before);
      const milliseconds = (user + system) / 1000;
      if (milliseconds > slowestMilliseconds) [slowestMilliseconds, slowest] = [milliseconds, number];
      if (outcome.kind === 'accepted') accepted++;
      else if (outcome.kind === 'refused') refused++;
      else if (outcome.kind === 'defect') this.#note(defects, outcome, number, bytesOf(input));
    }
    return {
      run: to - from,
      accepted,
      refused,
      slowestMilliseconds,
      slowest,
      peakBytes: process.resourceUsage().maxRSS * 1024,
      milliseconds: performance.now() - started,
      defects: [...defects.values()],
    };
  }

  /** The input made smaller as long as it shows the same defect. */
  async minimise(seed: number, number: number, signature: string, seconds: number): Promise<FuzzInput> {
    const shows = async (input: FuzzInput): Promise<boolean> => {
      const outcome = await this.#outcomeOf(input);
      return outcome.kind === 'defect' && outcome.signature === signature;
    };
    return await minimised(inputOf(this.#target, seed, number), shows, seconds);
  }

  /** What an input shows, for a look at one alone. */
  async look(input: FuzzInput): Promise<Outcome> {
    return await this.#outcomeOf(input);
  }

  end(): void {
    process.chdir(this.#home);
    this.#folder.remove();
  }

  async #outcomeOf(input: FuzzInput): Promise<Outcome> {
    if (this.#target.onDisk) this.#folder.put(input.files);
    return await judge(this.#target, input);
  }

  #note(
    defects: Map<string, FoundDefect>,
    { what, signature, detail }: Defect,
    number: number,
    bytes: number,
  ): void {
    const known = defects.get(signature);
    const count = (known?.count ?? 0) + 1;
    const found = { target: this.#target.name, what, signature, detail, number, bytes };
    defects.set(
      signature,
      known !== undefined && known.bytes <= bytes ? { ...known, count } : { ...found, count },
    );
  }
}
