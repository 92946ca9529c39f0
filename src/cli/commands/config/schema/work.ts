import { jsonSchema } from '../../../../config/json-schema.js';

/** The content of `configs/schema.json`, laid out as this project's formatter would. */
export function schemaText(): string {
  const text = JSON.stringify(jsonSchema(), null, 2);
  const shortLists = /^(.*)\[\n([^[\]{}]*?)\n *\](,?)$/gm;
  const joined = text.replace(shortLists, (whole, head: string, items: string, comma: string) => {
    const line = `${head}[${items.trim().replace(/,\n */g, ', ')}]${comma}`;
    return line.length <= 110 ? line : whole;
  });
  return `${joined}\n`;
}
