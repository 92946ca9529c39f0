/** Events that happened before this process looked are shown as of their own time. */
export class ReplayClock {
  #replayed: number | undefined;
  readonly now = (): number => this.#replayed ?? Date.now() / 1000;
  readonly tellTime = (at: number): void => {
    this.#replayed = at;
  };

  /** What follows is new, unless its time is told first. */
  present(): void {
    this.#replayed = undefined;
  }
}
