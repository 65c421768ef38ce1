/** Holds a document against a JSON schema, as far as the project's schemas go; a keyword beyond that is an error. */

type Json = unknown;
type Schema = Readonly<Record<string, Json>>;

const ANNOTATIONS = new Set(['$schema', 'title', 'description']);

/** What is wrong with a value, each finding with its place; empty for a valid one. */
export function schemaProblems(schema: Schema, value: Json, place = ''): string[] {
  return Object.entries(schema).flatMap(([keyword, rule]) => {
    if (ANNOTATIONS.has(keyword)) return [];
    const check = KEYWORDS[keyword];
    if (check === undefined) throw new Error(`${place}: schema keyword ${keyword} is not checked here`);
    return check(rule, value, place, schema);
  });
}

type Check = (rule: Json, value: Json, place: string, schema: Schema) => string[];

const unless = (good: boolean, place: string, message: string): string[] => (good ? [] : [`${place}: ${message}`]);
const isObject = (value: Json): value is Record<string, Json> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const lengthOf = (value: Json): number => (Array.isArray(value) ? value.length : 0);

const TYPES: Readonly<Record<string, (value: Json) => boolean>> = {
  object: isObject,
  array: Array.isArray,
  string: (value) => typeof value === 'string',
  integer: Number.isInteger,
  number: (value) => typeof value === 'number',
  boolean: (value) => typeof value === 'boolean',
  null: (value) => value === null,
};

const KEYWORDS: Readonly<Record<string, Check>> = {
  type: (rule, value, place) => unless(TYPES[String(rule)]?.(value) === true, place, `not of type ${rule}`),
  const: (rule, value, place) => unless(value === rule, place, `not ${rule}`),
  enum: (rule, value, place) => unless((rule as Json[]).includes(value), place, `not one of ${rule}`),
  minimum: (rule, value, place) => unless(Number(value) >= Number(rule), place, `below ${rule}`),
  maximum: (rule, value, place) => unless(Number(value) <= Number(rule), place, `above ${rule}`),
  minItems: (rule, value, place) => unless(lengthOf(value) >= Number(rule), place, `fewer than ${rule}`),
  maxItems: (rule, value, place) => unless(lengthOf(value) <= Number(rule), place, `more than ${rule}`),
  pattern: (rule, value, place) => unless(new RegExp(String(rule)).test(String(value)), place, `not like ${rule}`),
  anyOf: (rule, value, place) => {
    const problems = (rule as Schema[]).map((schema) => schemaProblems(schema, value, place));
    return problems.some((list) => list.length === 0) ? [] : problems.flat();
  },
  items: (rule, value, place) =>
    Array.isArray(value) ? value.flatMap((item, i) => schemaProblems(rule as Schema, item, `${place}[${i}]`)) : [],
  required: (rule, value, place) =>
    isObject(value) ? (rule as string[]).flatMap((name) => unless(name in value, place, `${name} is missing`)) : [],
  properties: (rule, value, place) =>
    isObject(value)
      ? Object.entries(rule as Record<string, Schema>).flatMap(([name, schema]) =>
          name in value ? schemaProblems(schema, value[name], `${place}.${name}`) : [],
        )
      : [],
  propertyNames: (rule, value, place) =>
    isObject(value)
      ? Object.keys(value).flatMap((name) => schemaProblems(rule as Schema, name, `${place} "${name}"`))
      : [],
  additionalProperties: (rule, value, place, { properties = {} }) =>
    isObject(value)
      ? Object.entries(value)
          .filter(([name]) => !(name in (properties as object)))
          .flatMap(([name, item]) =>
            rule === false
              ? [`${place}: ${name} is not known`]
              : schemaProblems(rule as Schema, item, `${place}.${name}`),
          )
      : [],
};
