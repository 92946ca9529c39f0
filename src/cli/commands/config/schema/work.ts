import { architectureKinds } from '../../../../architectures/index.js';
import { jsonSchema } from '../../../../config/json-schema.js';
import { modalityKinds } from '../../../../modalities/index.js';

/** The content of `configs/schema.json`, laid out as this project's formatter would. */
export function schemaText(): string {
  const options = architectureKinds.flatMap(({ family, options }) => (options ? [[family, options]] : []));
  const modalities = Object.fromEntries(modalityKinds.map(({ kind, options }) => [kind, options]));
  const names = architectureKinds.map(({ family, nameFor }) => nameFor?.('<modality>') ?? family);
  const schema = jsonSchema({ names, options: Object.fromEntries(options), modalities });
  const text = JSON.stringify(schema, null, 2);
  const shortLists = /^(.*)\[\n([^[\]{}]*?)\n *\](,?)$/gm;
  const joined = text.replace(shortLists, (whole, head: string, items: string, comma: string) => {
    const line = `${head}[${items.trim().replace(/,\n */g, ', ')}]${comma}`;
    return line.length <= 110 ? line : whole;
  });
  return `${joined}\n`;
}
