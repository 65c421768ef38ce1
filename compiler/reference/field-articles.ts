/** The articles about fields and headers. */
import { counted } from '../data-plane/counting.js';
import type { DataPlane, Header } from '../data-plane/data-plane.js';
import { must } from '../data-plane/must.js';
import { type Article, factsOf } from './article.js';
import { type FieldMove, type FieldUse, fieldUse, fieldUses } from './field-use.js';
import { FIELD_WORDS, HEADER_WORDS } from './field-words.js';
import { headerConditions } from './header-paths.js';
import { groupedByText, placesText } from './places.js';

/** One for each field, in the order of the description. */
export const fieldArticles = (dataPlane: DataPlane): readonly Article[] =>
  fieldUses(dataPlane).map((use) => fieldArticle(use, use.field.name, dataPlane));

/** @param spelling the field's name or an alias */
export function fieldArticle(use: FieldUse, spelling: string, dataPlane: DataPlane): Article {
  const { field, header, extract, modify, filters, aliases } = use;
  const asked = aliases.find((alias) => alias.spelling === spelling);
  return {
    kind: 'field',
    title: spelling,
    meaning: fieldMeaning(use),
    facts: factsOf(
      ['field', asked === undefined ? undefined : field.name],
      ['protocol', asked?.protocol === undefined ? undefined : `as a filter it implies ${asked.protocol}`],
      ['width', counted(field.width, 'bit')],
      ['header', header === undefined ? 'none: the switch supplies it' : headerText(use, header, dataPlane)],
      ['filter', filters.length === 0 ? 'no' : `yes: ${filters.join(', ')}`],
      ['EXTRACT', movesText(extract, use, dataPlane)],
      ['MODIFY', movesText(modify, use, dataPlane)],
      ['hash', use.isHashed ? 'part of the 5-tuple' : extract.length > 0 ? 'after EXTRACT, by HASH or HASH_MEM' : 'no'],
      ['also written', spellingsText(use, spelling)],
    ),
  };
}

/** What it is, in words. */
export const fieldMeaning = ({ field, header }: FieldUse): string =>
  FIELD_WORDS[field.name] ??
  (header === undefined ? 'A field that the switch supplies.' : `A field of header ${header}.`);

function headerText({ field }: FieldUse, header: string, dataPlane: DataPlane): string {
  const at = field.kind === 'header' ? `, from bit ${field.bitOffset}` : '';
  const whole = field.kind === 'header' && field.partOf !== undefined ? `, a part of ${field.partOf}` : '';
  return `${header}${at}${whole}; ${headerConditions(header, dataPlane).join(', or ')}`;
}

/** `har, sar in every RPB; mar in RPBs 1-6 of ingress`. */
export function movesText(moves: readonly FieldMove[], { field }: FieldUse, dataPlane: DataPlane): string {
  if (moves.length === 0) return field.width > 32 ? 'no: it is wider than a register' : 'no';
  return groupedByText(moves, ({ rpbs }) => placesText(rpbs, dataPlane))
    .map(([text, members]) => `${members.map(({ register }) => register).join(', ')} in ${text}`)
    .join('; ');
}

const spellingsText = ({ field, aliases }: FieldUse, spelling: string): string =>
  [field.name, ...aliases.map((alias) => alias.spelling)].filter((each) => each !== spelling).join(', ');

/** One for each header, in the order of the description. */
export const headerArticles = (dataPlane: DataPlane): readonly Article[] =>
  dataPlane.headers.map((header) => headerArticle(header, dataPlane));

function headerArticle({ name, index, bytes }: Header, dataPlane: DataPlane): Article {
  const fields = [...dataPlane.fields.values()].filter((field) => field.kind === 'header' && field.header === index);
  const layout = dataPlane.layoutFields.filter(({ header }) => header === index);
  const isUsed = (field: FieldUse): boolean =>
    field.filters.length + field.extract.length + field.modify.length > 0 || field.isHashed;
  const uses = fields.map((field) => fieldUse(field, dataPlane));
  const tables = dataPlane.filterTables.filter(({ requires }) => requires === index);
  return {
    kind: 'header',
    title: `hdr.${name}`,
    meaning: HEADER_WORDS[name] ?? `A header of data plane ${dataPlane.name}.`,
    facts: factsOf(
      ['length', counted(bytes, 'byte')],
      ['found in', headerConditions(name, dataPlane).join(', or ')],
      [
        'fields',
        layout.map((field) => `${must(field.name.split('.').at(-1), 'name of a field')} (${field.width})`).join(', '),
      ],
      [
        'programs can use',
        uses
          .filter(isUsed)
          .map(({ field }) => field.name)
          .join(', ') || 'none of them',
      ],
      ['filter table', tables.map(({ path }) => path).join(', ')],
    ),
  };
}
