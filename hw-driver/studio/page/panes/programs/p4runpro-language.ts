/** Our language for CodeMirror: the parser's tree with highlighting, indentation and folding. */

import { parser } from 'p4runpro:parser';
import {
  foldInside,
  foldNodeProp,
  HighlightStyle,
  indentNodeProp,
  LanguageSupport,
  LRLanguage,
} from '@codemirror/language';
import { styleTags, tags } from '@lezer/highlight';

const language = LRLanguage.define({
  name: 'p4runpro',
  parser: parser.configure({
    props: [
      styleTags({
        Keyword: tags.keyword,
        Primitive: tags.function(tags.name),
        MemoryPrimitive: tags.function(tags.name),
        Register: tags.self,
        Field: tags.propertyName,
        Number: tags.number,
        Address: tags.number,
        LineComment: tags.lineComment,
        BlockComment: tags.blockComment,
        'ProgramName/Name': tags.definition(tags.name),
        'MemoryName/Name': tags.typeName,
      }),
      indentNodeProp.add({
        // The closing brace stands under the line that opens the body.
        Body: (context) => context.baseIndent + (/^\s*\}/.test(context.textAfter) ? 0 : context.unit),
      }),
      foldNodeProp.add({ Body: foldInside }),
    ],
  }),
  languageData: {
    commentTokens: { line: '//', block: { open: '/*', close: '*/' } },
    closeBrackets: { brackets: ['(', '{', '<'] },
  },
});

/** Colours are variables of the page, so that a theme changes them without the editor. */
export const highlighting = HighlightStyle.define([
  { tag: tags.keyword, class: 'tok-keyword' },
  { tag: tags.function(tags.name), class: 'tok-primitive' },
  { tag: tags.self, class: 'tok-register' },
  { tag: tags.propertyName, class: 'tok-field' },
  { tag: tags.number, class: 'tok-number' },
  { tag: [tags.lineComment, tags.blockComment], class: 'tok-comment' },
  { tag: tags.definition(tags.name), class: 'tok-program' },
  { tag: tags.typeName, class: 'tok-memory' },
]);

export const p4runpro = (): LanguageSupport => new LanguageSupport(language);
