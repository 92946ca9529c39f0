/** What the title of a test says where it is skipped, ` (skipped: ffmpeg is not installed)`; nothing where it runs. */
export const skippedIf = (isSkipped: boolean, reason: string): string =>
  isSkipped ? ` (skipped: ${reason})` : '';
