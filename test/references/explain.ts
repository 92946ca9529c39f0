import { MmxError } from '../../src/errors.js';
import { isRecord } from '../../src/json.js';
import { buildGraph, type GraphStage, type StageGraph } from '../../src/pipeline/graph/graph.js';
import { prepareExperiments } from '../../src/pipeline/plan/prepare.js';
import type { LocalCorpora } from '../../src/pipeline/plan/resolve.js';
import { configsOf, identityOf } from '../../src/pipeline/runs/cells.js';
import { configDifferences } from '../../src/pipeline/runs/config-difference.js';
import type { RunManifest } from '../../src/pipeline/runs/manifest.js';
import type { PresentRun } from './present.js';

/** Sentences about one manifest; more would hide the first. */
const mostSentences = 20;

/**
 * Says what differs between the stages that a manifest names and those that its command would compute now. Two things can
 * have changed: what the configuration resolves to, which the manifest has recorded; and the code, which then gives the
 * recorded experiments other stages.
 */
export async function explain(
  recorded: { readonly path: string; readonly manifest: RunManifest; readonly data: LocalCorpora },
  present: PresentRun,
  graph: StageGraph,
): Promise<readonly string[]> {
  const { manifest } = recorded;
  const again = await recordedAgain(recorded, present);
  if (again instanceof MmxError) return [again.message];
  const inManifest = new Set(manifest.stages.map(({ hash }) => hash));
  const missing = manifest.stages.filter(({ hash }) => !graph.stages.has(hash));
  const added = [...graph.stages.values()].filter(({ hash }) => !inManifest.has(hash));
  const counterparts = new Map<string, GraphStage[]>();
  for (const stage of added) {
    const key = keyOf(stage.spec);
    counterparts.set(key, [...(counterparts.get(key) ?? []), stage]);
  }
  const sentences: string[] = [];
  const byCode = new Map<string, string[]>();
  let following = 0;
  for (const stage of missing) {
    const now = counterparts.get(keyOf(stage))?.shift();
    const before = again.stages.get(stage.hash);
    if (now === undefined) sentences.push(`"${stage.label}" is not computed any more`);
    else if (before !== undefined) {
      const changes = changesOf(before.spec.parameters, now.spec.parameters);
      if (changes.length === 0) following++;
      else sentences.push(`"${stage.label}" is computed with ${changes.join(', ')}`);
    } else if (Object.values(now.inputs).some((input) => !inManifest.has(input))) following++;
    else byCode.set(stage.kind, [...(byCode.get(stage.kind) ?? []), stage.label]);
  }
  for (const { spec } of [...counterparts.values()].flat()) sentences.push(`"${spec.label}" is new`);
  for (const [kind, labels] of byCode) sentences.push(codeSentence(kind, labels, manifest));
  const left = sentences.length - mostSentences;
  return [
    ...sentences.slice(0, mostSentences),
    ...(left > 0 ? [`and so on of ${left} more`] : []),
    ...(following > 0 ? [`stages that differ because their inputs do: ${following}`] : []),
  ];
}

/** The stages that the present code makes of the experiments as the manifest has them; why it cannot. */
async function recordedAgain(
  {
    path,
    manifest,
    data,
  }: { readonly path: string; readonly manifest: RunManifest; readonly data: LocalCorpora },
  { experiments, targetsOf }: PresentRun,
): Promise<StageGraph | MmxError> {
  try {
    const configs = configsOf(manifest, path);
    if (configs.length !== experiments.length) {
      const counts = `${configs.length} experiments and the configuration ${experiments.length}`;
      return new MmxError('references/experiments', `the manifest has ${counts}`);
    }
    return buildGraph(await targetsOf(prepareExperiments(configs, data)), identityOf(manifest));
  } catch (error) {
    if (error instanceof MmxError) return error;
    throw error;
  }
}

const keyOf = ({ kind, label }: { readonly kind: string; readonly label: string }): string =>
  JSON.stringify([kind, label]);

function changesOf(before: unknown, now: unknown): readonly string[] {
  const [a, b] = [before, now].map((value) => (isRecord(value) ? value : { value }));
  return configDifferences([[a ?? {}, b ?? {}]]).map(
    ({ path, a: old, b: fresh }) => `${path} ${JSON.stringify(fresh)} instead of ${JSON.stringify(old)}`,
  );
}

/** Of stages that the recorded experiments, too, become otherwise now. */
function codeSentence(kind: string, labels: readonly string[], { commit, engine }: RunManifest): string {
  const more = labels.length > 1 ? ` and ${labels.length - 1} more of its kind` : '';
  return (
    `"${labels[0]}"${more} had another identity at ${commit?.slice(0, 7) ?? 'an unknown commit'} on ${engine.name}: ` +
    `the version of ${kind}, the form of its parameters or the fingerprint of the corpus has changed`
  );
}
