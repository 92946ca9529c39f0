import { excerptOf, type FailAt } from './annotations.js';

/** An element of an XML document. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** All text directly within it. */
  readonly text: string;
  /** Where it begins, counted from 1. */
  readonly line: number;
}

interface OpenElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: OpenElement[];
  text: string;
  readonly line: number;
}

const MOST_ELEMENTS = 1_000_000;
const DEEPEST = 64;
const predefined: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

const elementName = /[A-Za-z_][\w.:-]*/y;
const attribute = /\s+([A-Za-z_][\w.:-]*)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y;
const tagEnd = /\s*(\/?)>/y;

/**
 * Parses the part of XML that data is written in: elements, attributes, text, CDATA sections, comments. A document type
 * declaration is refused, so there are no entities but the five of XML itself and numbered characters, and nothing is
 * read from anywhere else. 1,000,000 elements and 64 levels at most.
 *
 * @returns the root element
 */
export function parseXml(text: string, fail: FailAt): XmlElement {
  const lines = lineCounter(text);
  const open: OpenElement[] = [];
  let root: OpenElement | null = null;
  let elements = 0;
  let at = 0;
  const skipTo = (ending: string, from: number, what: string): number => {
    const end = text.indexOf(ending, from);
    return end < 0 ? fail(lines(at), `${what} begins there and does not end`) : end;
  };
  const addText = (content: string): void => {
    const parent = open.at(-1);
    if (parent !== undefined) parent.text += content;
    else if (content.trim() !== '')
      fail(lines(at), `'${excerptOf(content.trim())}' stands outside of all elements`);
  };
  for (;;) {
    const next = text.indexOf('<', at);
    const end = next < 0 ? text.length : next;
    if (end > at) addText(decoded(text.slice(at, end), lines(at), fail));
    at = end;
    if (next < 0) break;
    if (text.startsWith('<!--', at)) {
      at = skipTo('-->', at + 4, 'a comment') + 3;
    } else if (text.startsWith('<![CDATA[', at)) {
      const close = skipTo(']]>', at + 9, 'a CDATA section');
      addText(text.slice(at + 9, close));
      at = close + 3;
    } else if (text.startsWith('<!', at)) {
      fail(lines(at), 'it has a document type declaration, which is never read', 'take that declaration out');
    } else if (text.startsWith('<?', at)) {
      const close = skipTo('?>', at + 2, 'an instruction');
      checkEncoding(text.slice(at, close), lines(at), fail);
      at = close + 2;
    } else if (text[at + 1] === '/') {
      const name = nameAt(at + 2);
      const closed = open.pop();
      if (closed?.name !== name) {
        fail(
          lines(at),
          `</${excerptOf(name)}> closes ${closed === undefined ? 'nothing' : `<${excerptOf(closed.name)}> of line ${closed.line}`}`,
        );
      }
      at = endAt(at + 2 + name.length).at;
    } else {
      const line = lines(at);
      const name = nameAt(at + 1);
      const { attributes, after } = attributesAt(at + 1 + name.length, line);
      const element: OpenElement = { name, attributes, children: [], text: '', line };
      const { at: behind, isEmpty } = endAt(after);
      if (++elements > MOST_ELEMENTS) fail(line, `it has more than ${MOST_ELEMENTS} elements`);
      const parent = open.at(-1);
      if (parent !== undefined) parent.children.push(element);
      else if (root === null) root = element;
      else fail(line, `<${excerptOf(name)}> follows the end of the document`);
      if (!isEmpty && open.push(element) > DEEPEST)
        fail(line, `its elements are nested more than ${DEEPEST} deep`);
      at = behind;
    }
  }
  const unclosed = open.at(-1);
  if (unclosed !== undefined)
    fail(unclosed.line, `<${excerptOf(unclosed.name)}> is never closed`, 'the file may be cut off');
  return root ?? fail(null, 'it has no elements: it is no XML');

  function nameAt(from: number): string {
    elementName.lastIndex = from;
    return (
      elementName.exec(text)?.[0] ??
      fail(lines(at), 'a < stands there that begins no element', 'in XML text, < is written &lt;')
    );
  }

  function attributesAt(from: number, line: number) {
    const attributes = new Map<string, string>();
    let after = from;
    for (;;) {
      attribute.lastIndex = after;
      const found = attribute.exec(text);
      if (found === null) return { attributes, after };
      const [, name = '', double, single = ''] = found;
      if (attributes.has(name)) fail(line, `it has the attribute ${excerptOf(name)} twice`);
      attributes.set(name, decoded(double ?? single, line, fail));
      after = attribute.lastIndex;
    }
  }

  function endAt(from: number): { readonly at: number; readonly isEmpty: boolean } {
    tagEnd.lastIndex = from;
    const found = tagEnd.exec(text);
    if (found === null) return fail(lines(at), 'an element begins there whose tag is not XML');
    return { at: tagEnd.lastIndex, isEmpty: found[1] === '/' };
  }
}

/** The text with its entities replaced. */
function decoded(text: string, line: number, fail: FailAt): string {
  if (!text.includes('&')) return text;
  return text.replace(/&([^&;\s]{0,12});?/g, (whole, inner: string) => {
    const number = /^#(?:x([0-9a-f]{1,6})|(\d{1,7}))$/i.exec(inner);
    const code =
      number === null ? Number.NaN : Number.parseInt(number[1] ?? number[2] ?? '', number[1] ? 16 : 10);
    const character =
      code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff)
        ? String.fromCodePoint(code)
        : Object.hasOwn(predefined, inner)
          ? predefined[inner]
          : undefined;
    return whole.endsWith(';') && character !== undefined
      ? character
      : fail(line, `'${excerptOf(whole)}' is no character of XML`, 'in XML text, & is written &amp;');
  });
}

/** The text has been decoded by its bytes; another encoding would have given other characters. */
function checkEncoding(instruction: string, line: number, fail: FailAt): void {
  const encoding = /^<\?xml\s[^>]*?encoding\s*=\s*["']([^"']*)["']/.exec(instruction)?.[1];
  if (encoding !== undefined && !/^(?:utf-?8|utf-?16|us-ascii)$/i.test(encoding)) {
    fail(line, `it says that it is encoded in ${excerptOf(encoding)}`, 'save it again as UTF-8');
  }
}

/** Gives the line of a position; positions must not go back. */
function lineCounter(text: string): (at: number) => number {
  let line = 1;
  const endFrom = (from: number): number => {
    const end = text.indexOf('\n', from);
    return end < 0 ? text.length : end;
  };
  // It is remembered: to look for it each time would read a long line once for every element in it.
  let end = endFrom(0);
  return (at) => {
    for (; end < at; line++) end = endFrom(end + 1);
    return line;
  };
}
