/** As much of XML as shows that a document is well-formed. */
import * as assert from 'uvu/assert';

/** Every element is closed in its turn, attributes are quoted and named once, and text holds no bare `<` or `&`. */
export function assertBalanced(xml: string): void {
  const open: string[] = [];
  let rest = xml;
  while (rest !== '') {
    const [content = ''] = /^[^<]*/.exec(rest) ?? [];
    assert.not.match(content.replaceAll(/&(amp|lt|gt|quot);/g, ''), /&/, `bare & in ${content.slice(0, 80)}`);
    if (open.length === 0) assert.is(content.trim(), '', 'text outside the root');
    rest = rest.slice(content.length);
    if (rest === '') break;
    const tag = /^<(\/?)([\w:-]+)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/.exec(rest);
    assert.ok(tag, `no tag: ${rest.slice(0, 80)}`);
    const [whole = '', closing, name = '', attributes = '', alone] = tag ?? [];
    const names = [...attributes.matchAll(/([\w:-]+)="/g)].map(([, attribute]) => attribute);
    assert.is(new Set(names).size, names.length, `an attribute twice in ${whole}`);
    if (closing === '/') assert.is(open.pop(), name, `${whole} closes another element`);
    else if (alone !== '/') open.push(name);
    rest = rest.slice(whole.length);
  }
  assert.equal(open, [], 'left open');
}
