/** Style sheet of the page of a reproduction. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --ink: #1a1a1a; --faint: #5c5c5c; --paper: #ffffff; --line: #d9d9d9; --panel: #f6f6f6;
  --good: #00684a; --bad: #a23b00; --link: #0058a3; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e8e8; --faint: #a8a8a8; --paper: #16181b; --line: #3a3d42;
  --panel: #1f2226; --good: #4fd1a1; --bad: #ff9c66; --link: #7cc0ff; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 1rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, "Helvetica Neue", Arial, sans-serif; }
h1 { font-size: 1.6rem; margin: .5rem 0; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 .5rem; border-top: 1px solid var(--line); padding-top: 1.25rem; }
h3 { font-size: 1rem; margin: 1rem 0 .25rem; }
small { color: var(--faint); font-weight: normal; }
p, ul, dl { max-width: 50rem; }
a { color: var(--link); }
code { font-size: .9em; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; }
dt { color: var(--faint); }
dd { margin: 0; }
nav { position: sticky; top: 0; z-index: 1; display: flex; gap: .9rem; overflow-x: auto; padding: .5rem 0;
  background: var(--paper); border-bottom: 1px solid var(--line); white-space: nowrap; }
section { scroll-margin-top: 3rem; }
.wide { overflow-x: auto; }
figure { margin: 1rem 0; padding: .75rem; background: var(--panel); border-radius: .4rem; }
figure:focus-visible { outline: 2px solid var(--link); }
figcaption { color: var(--faint); font-size: .9rem; margin-top: .5rem; }
figure svg { max-width: none; display: block; }
figure svg > rect:first-child { fill: transparent; }
figure svg .background { fill: transparent; }
figure svg .background[stroke] { stroke: var(--line); }
figure svg text { fill: var(--ink); }
figure svg .mark-rule.role-axis-grid line { stroke: var(--line); }
figure svg .role-axis-tick line, figure svg .role-axis-domain line { stroke: var(--faint); }
figure svg [data-read] { stroke: var(--ink); stroke-width: 2px; }
table { border-collapse: collapse; font-size: .85rem; margin: .5rem 0; }
th, td { text-align: left; vertical-align: top; padding: .2rem .6rem; border-bottom: 1px solid var(--line); }
tbody th { font-weight: normal; min-width: 12rem; }
td.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.counts td { text-align: right; }
.counts th { min-width: 0; }
td.agrees, td.better { color: var(--good); }
td.better { font-weight: 600; }
td.differs { color: var(--bad); font-weight: 600; }
td.not-compared { color: var(--faint); white-space: nowrap; }
td.why { min-width: 15rem; max-width: 34rem; }
summary { cursor: pointer; color: var(--link); }
#reading { position: fixed; z-index: 2; max-width: 18rem; padding: .3rem .6rem; background: var(--ink);
  color: var(--paper); border-radius: .3rem; font-size: .85rem; pointer-events: none; }
@media print { nav { display: none; } figure, tr { break-inside: avoid; } details > * { display: block; } }
@media (max-width: 40rem) { body { padding: .6rem; } td.why { min-width: 12rem; } dl { grid-template-columns: 1fr; }
  dt { margin-top: .3rem; } }
`;
