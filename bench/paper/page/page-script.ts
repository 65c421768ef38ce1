/**
 * Script of the page of a reproduction: shows the value of the mark nearest to the pointer or selected by arrow keys. The
 * marks of a figure carry their values as labels.
 */
export const PAGE_SCRIPT = `
'use strict';
const reading = document.getElementById('reading');
const MARKS = '[aria-roledescription="point"], [aria-roledescription="bar"], [aria-roledescription="rect mark"], [aria-roledescription="cell"]';
const NEAR = 40;
let read;

// Of two drawings, one is shown.
const marksOf = (figure) =>
  [...figure.querySelectorAll('svg')].filter((svg) => svg.getClientRects().length > 0)
    .flatMap((svg) => [...svg.querySelectorAll(MARKS)]);

const middle = (mark) => {
  const box = mark.getBoundingClientRect();
  return { x: box.left + box.width / 2, y: box.top + box.height / 2, box };
};
const distance = ({ box }, x, y) =>
  Math.hypot(Math.max(box.left - x, 0, x - box.right), Math.max(box.top - y, 0, y - box.bottom));

function show(mark) {
  hide();
  if (mark === undefined) return;
  read = mark;
  mark.setAttribute('data-read', '');
  reading.textContent = mark.getAttribute('aria-label').replace(/(panel|row|column): /g, '');
  reading.hidden = false;
  const { x, y } = middle(mark);
  const left = Math.min(Math.max(4, x + 12), innerWidth - reading.offsetWidth - 4);
  const top = y - reading.offsetHeight - 12;
  reading.style.left = left + 'px';
  reading.style.top = (top < 4 ? y + 16 : top) + 'px';
}

function hide() {
  read?.removeAttribute('data-read');
  read = undefined;
  reading.hidden = true;
}

function nearest(figure, x, y) {
  let best;
  let least = NEAR;
  for (const mark of marksOf(figure)) {
    const away = distance(middle(mark), x, y);
    if (away < least) [best, least] = [mark, away];
  }
  return best;
}

for (const figure of document.querySelectorAll('figure')) {
  const point = (event) => show(nearest(figure, event.clientX, event.clientY));
  figure.addEventListener('pointermove', point);
  figure.addEventListener('pointerdown', point);
  // A finger leaves when it is lifted: what it touched stays readable.
  figure.addEventListener('pointerleave', (event) => event.pointerType === 'mouse' && hide());
  figure.addEventListener('blur', hide);
  figure.addEventListener('keydown', (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (event.key === 'Escape') hide();
    if (step === undefined) return;
    event.preventDefault();
    const marks = marksOf(figure);
    const at = marks.indexOf(read);
    const next = marks[at < 0 ? 0 : (at + step + marks.length) % marks.length];
    next?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    show(next);
  });
}
addEventListener('scroll', hide, { passive: true });
addEventListener('pointerdown', ({ target }) => target.closest('figure') === null && hide());
`;
