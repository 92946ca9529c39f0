import type { Json } from '../../json.js';
import type { Artifact, StageContext, StageImplementation, StageSpec, TensorData } from './stage.js';

/** What a stage hands back: its `json` must be JSON, which `canonicalJson` refuses to be wrong about. */
export interface StageOutput {
  readonly tensors: Readonly<Record<string, TensorData>>;
  readonly json: object | Json;
}

/** Everything of a spec that is not its kind and its parameters. */
type SpecRest = Pick<StageSpec, 'label' | 'inputs' | 'cost'>;

/** A kind of stage: its code, and how a plan names one. */
export interface Stage<Parameters> extends StageImplementation {
  /** A stage of this kind. Everything its result depends on is in `parameters` and `inputs`. */
  spec(parameters: Parameters, rest: SpecRest): StageSpec;
  /** The parameters of a spec of this kind. @throws Error for one of another kind */
  parametersOf(spec: StageSpec): Parameters;
}

/**
 * Joins the parameters of a kind of stage to its code: what a plan writes is what `run` reads. Stored specs and
 * artifacts know parameters as JSON alone; this is the one place that tells what they are.
 *
 * @param stage `version` is raised whenever the same inputs would give different numbers
 */
export function defineStage<Parameters extends object>(stage: {
  readonly kind: string;
  readonly version: number;
  run(parameters: Parameters, context: StageContext): Promise<StageOutput>;
}): Stage<Parameters> {
  const { kind, version } = stage;
  return {
    kind,
    version,
    run: async (context) =>
      (await stage.run(context.parameters as unknown as Parameters, context)) as unknown as Artifact,
    spec: (parameters, rest) => ({ kind, parameters: parameters as unknown as Json, ...rest }),
    parametersOf: (spec) => {
      if (spec.kind !== kind) throw new Error(`a stage of kind ${spec.kind} is no ${kind}`);
      return spec.parameters as unknown as Parameters;
    },
  };
}
