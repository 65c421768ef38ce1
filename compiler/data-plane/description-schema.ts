/** The JSON schema of a data plane file, made from the shape of a description. */
import { ADD_ACTIONS, RPB_SELECTION } from './add-actions.js';
import { DESCRIPTION_SHAPE, type Shape } from './description-shape.js';
import { BUILT_IN_DATA_PLANES } from './extend.js';

type Schema = { readonly [key: string]: unknown };

/**
 * The schema (draft 2020-12) of what `--dataplane FILE.json` takes. All keys of the description but the name can be left
 * out, also within its objects; items of lists are complete, as a list replaces that of the base.
 */
export function dataPlaneSchema(): Schema {
  const { required, optional } = DESCRIPTION_SHAPE;
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'A data plane of P4runpro, as a change of a built-in one',
    description: 'Objects are merged key by key with those of the base; lists and plain values replace theirs.',
    type: 'object',
    properties: {
      $schema: { description: 'This schema, for editors', type: 'string' },
      extends: { description: 'The base', enum: BUILT_IN_DATA_PLANES },
      [ADD_ACTIONS]: {
        description:
          'Actions beside those that RPBs have of their base, by RPBs: "all", "ingress", "egress", or numbers as "1-4,7"',
        type: 'object',
        propertyNames: { pattern: RPB_SELECTION.source },
        additionalProperties: { type: 'array', items: { type: 'string' } },
      },
      ...propertiesOf({ ...required, ...optional }, false),
    },
    required: ['extends', 'name'],
    additionalProperties: false,
  };
}

const propertiesOf = (shapes: Readonly<Record<string, Shape>>, complete: boolean): Schema =>
  Object.fromEntries(Object.entries(shapes).map(([key, shape]) => [key, schemaOf(shape, complete)]));

/** @param complete whether the keys of an object that are not optional have to be there */
function schemaOf(shape: Shape, complete: boolean): Schema {
  const about = shape.about === undefined ? {} : { description: shape.about };
  switch (shape.type) {
    case 'text':
      return { ...about, type: 'string' };
    case 'flag':
      return { ...about, type: 'boolean' };
    case 'number':
      return {
        ...about,
        type: shape.whole ? 'integer' : 'number',
        ...(shape.least === undefined ? {} : { minimum: shape.least }),
      };
    case 'choice':
      return { ...about, enum: shape.of };
    case 'list':
      return { ...about, type: 'array', items: schemaOf(shape.items, true) };
    case 'table':
      return { ...about, type: 'object', additionalProperties: schemaOf(shape.values, complete) };
    case 'object':
      return {
        ...about,
        type: 'object',
        properties: propertiesOf({ ...shape.required, ...shape.optional }, complete),
        ...(complete ? { required: Object.keys(shape.required) } : {}),
        additionalProperties: false,
      };
  }
}
