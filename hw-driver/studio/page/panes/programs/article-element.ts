/** An article of the reference as elements, for the tooltips of the editor. */
import type { HoverArticle } from '../../../../../compiler/service/index.js';

function element(name: string, text: string, className?: string): HTMLElement {
  const made = document.createElement(name);
  made.textContent = text;
  if (className !== undefined) made.className = className;
  return made;
}

export function articleElement({ title, signature, meaning, facts }: HoverArticle): HTMLElement {
  const article = document.createElement('div');
  article.className = 'article';
  article.append(element('strong', title));
  if (signature !== undefined) article.append(element('code', signature, 'signature'));
  article.append(...meaning.split('\n\n').map((paragraph) => element('p', paragraph)));
  if (facts.length > 0) {
    const list = document.createElement('dl');
    for (const [label, text] of facts) list.append(element('dt', label), element('dd', text));
    article.append(list);
  }
  return article;
}
