import {
  type Annotations,
  type AnnotationTier,
  excerptOf,
  type FailAt,
  failingAt,
  readAnnotationText,
} from './annotations.js';
import type { Segment } from './labels.js';
import { parseXml, type XmlElement } from './xml.js';

/**
 * Reads the annotations of ELAN (`.eaf`).
 *
 * An annotation of which a time slot has no value, and one of several that share a stretch of another tier, has no times
 * of its own and is counted (`untimed`). One that stands alone below an annotation of another tier has the times of that.
 *
 * @returns times in seconds from the beginning of the recording
 * @throws MmxError `formats/annotations` naming file and line
 */
export function readElan(file: string): Annotations {
  return parseElan(readAnnotationText(file), file);
}

/** Parses what {@link readElan} reads; `name` is used in error messages. */
export function parseElan(text: string, name: string): Annotations {
  const fail = failingAt(name);
  const root = parseXml(text, fail);
  if (root.name !== 'ANNOTATION_DOCUMENT') {
    fail(
      root.line,
      `it begins with <${excerptOf(root.name)}>; a file of ELAN begins with <ANNOTATION_DOCUMENT>`,
    );
  }
  const header = childrenOf(root, 'HEADER')[0];
  const units = header?.attributes.get('TIME_UNITS') ?? 'milliseconds';
  if (units !== 'milliseconds') {
    fail(
      header?.line ?? null,
      `its times are in ${excerptOf(units)}; milliseconds belong there`,
      'open it in ELAN and save it again',
    );
  }
  const media = header === undefined ? [] : childrenOf(header, 'MEDIA_DESCRIPTOR');
  const origin = originOf(media, fail);
  const slots = slotsOf(root, fail);
  const tiers = childrenOf(root, 'TIER').map((element) => draftOf(element, slots, fail));
  const names = new Set<string>();
  for (const { name: tier } of tiers) {
    if (names.has(tier)) fail(null, `it has the tier '${excerptOf(tier)}' twice`);
    names.add(tier);
  }
  return { tiers: timed(tiers, origin, fail), pointTiers: [], media: media.flatMap(nameOfMedia) };
}

const childrenOf = (element: XmlElement, name: string): readonly XmlElement[] =>
  element.children.filter((child) => child.name === name);

/** Milliseconds from the beginning of the recording to the zero of the annotations. */
function originOf(media: readonly XmlElement[], fail: FailAt): number {
  const origins = media.map((one) => wholeNumber(one, 'TIME_ORIGIN', fail) ?? 0);
  const [first = 0] = origins;
  const other = origins.findIndex((one) => one !== first);
  if (other >= 0) {
    fail(
      media[other]?.line ?? null,
      'its recordings begin at different moments',
      'cut them to one beginning first',
    );
  }
  return first;
}

/** The last part of the address of a recording; the address itself is never opened. */
function nameOfMedia({ attributes }: XmlElement): readonly string[] {
  const address = attributes.get('RELATIVE_MEDIA_URL') || attributes.get('MEDIA_URL') || '';
  const last = address.replaceAll('\\', '/').split('/').at(-1) ?? '';
  if (last === '') return [];
  try {
    return [decodeURIComponent(last)];
  } catch {
    return [last];
  }
}

/** Milliseconds by slot; null where a slot has none. */
function slotsOf(root: XmlElement, fail: FailAt): ReadonlyMap<string, number | null> {
  const slots = new Map<string, number | null>();
  for (const slot of childrenOf(root, 'TIME_ORDER').flatMap((order) => childrenOf(order, 'TIME_SLOT'))) {
    const id = required(slot, 'TIME_SLOT_ID', fail);
    if (slots.has(id)) fail(slot.line, `it has the time slot '${excerptOf(id)}' twice`);
    slots.set(id, wholeNumber(slot, 'TIME_VALUE', fail));
  }
  return slots;
}

/** Milliseconds. */
interface Stretch {
  readonly start: number;
  readonly end: number;
}

interface Draft {
  readonly id: string;
  readonly line: number;
  readonly label: string;
  /** Its own stretch, the annotation that it belongs to, or null where a slot has no value. */
  readonly time: Stretch | { readonly of: string } | null;
}

interface DraftTier {
  readonly name: string;
  readonly speaker: string | null;
  readonly annotations: readonly Draft[];
}

function draftOf(tier: XmlElement, slots: ReadonlyMap<string, number | null>, fail: FailAt): DraftTier {
  const annotations = childrenOf(tier, 'ANNOTATION').flatMap(({ children }) =>
    children.map((element): Draft => {
      const label = childrenOf(element, 'ANNOTATION_VALUE')[0]?.text ?? '';
      const known = { id: required(element, 'ANNOTATION_ID', fail), line: element.line, label };
      if (element.name === 'REF_ANNOTATION') {
        return { ...known, time: { of: required(element, 'ANNOTATION_REF', fail) } };
      }
      if (element.name !== 'ALIGNABLE_ANNOTATION') {
        fail(element.line, `<${excerptOf(element.name)}> is no annotation of ELAN`);
      }
      const [start, end] = [slot(element, 'TIME_SLOT_REF1'), slot(element, 'TIME_SLOT_REF2')];
      if (start === null || end === null) return { ...known, time: null };
      if (end < start)
        fail(element.line, `the annotation ends at ${end} ms, before it begins at ${start} ms`);
      return { ...known, time: { start, end } };
    }),
  );
  const speaker = tier.attributes.get('PARTICIPANT')?.trim() || null;
  return { name: required(tier, 'TIER_ID', fail), speaker, annotations };

  function slot(element: XmlElement, attribute: string): number | null {
    const id = required(element, attribute, fail);
    const value = slots.get(id);
    return value === undefined ? fail(element.line, `there is no time slot '${excerptOf(id)}'`) : value;
  }
}

/** The tiers with the times that annotations have themselves or from those that they belong to. */
function timed(tiers: readonly DraftTier[], origin: number, fail: FailAt): readonly AnnotationTier[] {
  const byId = new Map<string, { readonly draft: Draft; readonly isOneOfSeveral: boolean }>();
  for (const { annotations } of tiers) {
    const shared = new Map<string, number>();
    for (const { time } of annotations) {
      if (time !== null && 'of' in time) shared.set(time.of, (shared.get(time.of) ?? 0) + 1);
    }
    for (const draft of annotations) {
      if (byId.has(draft.id)) fail(draft.line, `it has the annotation '${excerptOf(draft.id)}' twice`);
      const { time } = draft;
      byId.set(draft.id, {
        draft,
        isOneOfSeveral: time !== null && 'of' in time && (shared.get(time.of) ?? 0) > 1,
      });
    }
  }
  const known = new Map<string, Stretch | null>();
  const stretchOf = (id: string): Stretch | null => {
    const chain = new Set<string>();
    let at = id;
    let stretch = known.get(at);
    while (stretch === undefined) {
      const { draft, isOneOfSeveral } =
        byId.get(at) ?? fail(null, `there is no annotation '${excerptOf(at)}'`);
      if (chain.has(at)) fail(draft.line, 'annotations belong to one another in a circle');
      chain.add(at);
      if (isOneOfSeveral || draft.time === null) stretch = null;
      else if ('of' in draft.time) {
        at = draft.time.of;
        stretch = known.get(at);
      } else stretch = draft.time;
    }
    for (const one of chain) known.set(one, stretch);
    return stretch;
  };
  return tiers.map(({ name, speaker, annotations }) => {
    const intervals = annotations.flatMap(({ id, label }): Segment[] => {
      const stretch = stretchOf(id);
      if (stretch === null) return [];
      return [{ start: (origin + stretch.start) / 1000, end: (origin + stretch.end) / 1000, label }];
    });
    return { name, speaker, intervals, untimed: annotations.length - intervals.length };
  });
}

function required({ name, attributes, line }: XmlElement, attribute: string, fail: FailAt): string {
  return attributes.get(attribute) || fail(line, `<${excerptOf(name)}> has no ${attribute}`);
}

function wholeNumber({ attributes, line }: XmlElement, attribute: string, fail: FailAt): number | null {
  const written = attributes.get(attribute);
  if (written === undefined || written === '') return null;
  return /^\d{1,12}$/.test(written)
    ? Number(written)
    : fail(line, `${attribute} is '${excerptOf(written)}'; milliseconds belong there`);
}
