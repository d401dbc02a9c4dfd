/** Why a transform cannot work on a record: a clause without payload, to which the chain adds which transform it was. */
export class TransformProblem extends Error {
  override readonly name = 'TransformProblem';
}
