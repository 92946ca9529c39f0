import { escaped } from '../figures/svg.js';
import { oneLine } from '../table/layout.js';

/** HTML that may stand inside an element as it is; made by {@link tag} and {@link text}. */
export type Markup = string;

type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

const voidElements = new Set(['meta', 'link', 'img', 'br', 'col']);

/** An element. A `true` attribute stands alone, `false` and undefined ones are left out. */
export function tag(name: string, attributes: Attributes, ...children: readonly Markup[]): Markup {
  const written = Object.entries(attributes)
    .map(([key, value]) => {
      if (value === undefined || value === false) return '';
      return value === true ? ` ${key}` : ` ${key}="${escaped(String(value))}"`;
    })
    .join('');
  if (voidElements.has(name)) return `<${name}${written}>`;
  return `<${name}${written}>${children.join('')}</${name}>`;
}

/** Text from data, on one line. */
export const text = (content: string): Markup => escaped(oneLine(content));

/** What only a screen reader says. */
export const unseen = (content: string): Markup => tag('span', { class: 'unseen' }, text(content));

/** A symbol that a screen reader passes over. */
export const symbol = (content: string): Markup => tag('span', { 'aria-hidden': 'true' }, text(content));

/** Something wide, which scrolls by itself, with the keyboard too, so that the page never does sideways. */
export function scrollBox(label: string, ...content: readonly Markup[]): Markup {
  return tag(
    'div',
    { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': oneLine(label) },
    ...content,
  );
}

/** A picture inside the page. @param width pixels it is shown wide; its own where absent */
export function pngImage(png: Uint8Array, alt: string, width?: number): Markup {
  const size = pngSize(png);
  const src = `data:image/png;base64,${Buffer.from(png).toString('base64')}`;
  const scale = width === undefined || size === null ? 1 : width / size.width;
  return tag('img', {
    src,
    alt,
    width: size === null ? undefined : Math.round(scale * size.width),
    height: size === null ? undefined : Math.round(scale * size.height),
  });
}

/** From the header chunk, which is the first of every PNG; null where the bytes are none. */
export function pngSize(png: Uint8Array): { readonly width: number; readonly height: number } | null {
  const signature = [137, 80, 78, 71];
  if (png.length < 24 || signature.some((byte, index) => png[index] !== byte)) return null;
  const view = new DataView(png.buffer, png.byteOffset);
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

export function details(summary: Markup, ...content: readonly Markup[]): Markup {
  return tag('details', {}, tag('summary', {}, summary), tag('div', { class: 'inside' }, ...content));
}

export function list(items: readonly Markup[]): Markup {
  return items.length === 0 ? '' : tag('ul', {}, ...items.map((item) => tag('li', {}, item)));
}

/** A heading of level 2 to 6. */
export function heading(level: number, content: Markup, id?: string): Markup {
  return tag(`h${Math.min(6, level)}`, { id }, content);
}

/** Rows under column headers; the first field of a row is its header. */
export function grid(
  caption: string,
  header: readonly string[],
  rows: readonly (readonly Markup[])[],
  captionClass?: 'unseen',
): Markup {
  return scrollBox(
    caption,
    tag(
      'table',
      {},
      tag('caption', {}, tag('span', { class: captionClass }, text(caption))),
      tag('thead', {}, tag('tr', {}, ...header.map((name) => tag('th', { scope: 'col' }, text(name))))),
      tag(
        'tbody',
        {},
        ...rows.map(([first = '', ...rest]) =>
          tag('tr', {}, tag('th', { scope: 'row' }, first), ...rest.map((field) => tag('td', {}, field))),
        ),
      ),
    ),
  );
}

/** Ids of a page: words of a name, each id once. */
export function idMaker(): (name: string) => string {
  const used = new Set<string>();
  return (name) => {
    const base =
      name
        .toLowerCase()
        .replace(/[^\p{L}\p{N}]+/gu, '-')
        .replace(/^-|-$/g, '') || 'section';
    let id = base;
    for (let count = 2; used.has(id); count++) id = `${base}-${count}`;
    used.add(id);
    return id;
  };
}

/** The head of a page of mmx; `policy` is for pages that no server sends one with. */
export const headOf = ({
  title,
  version,
  style,
  policy,
}: {
  readonly title: string;
  readonly version: string;
  readonly style: string;
  readonly policy?: string;
}): string =>
  tag(
    'head',
    {},
    tag('meta', { charset: 'utf-8' }),
    ...(policy === undefined
      ? []
      : [tag('meta', { 'http-equiv': 'Content-Security-Policy', content: policy })]),
    tag('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
    tag('meta', { name: 'color-scheme', content: 'light dark' }),
    tag('meta', { name: 'generator', content: `mmx ${version}` }),
    // Without one, a browser asks the server for its own.
    tag('link', { rel: 'icon', href: 'data:,' }),
    tag('title', {}, text(title)),
    tag('style', {}, style),
  );
