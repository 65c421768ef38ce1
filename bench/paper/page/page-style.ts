/** Style sheet of the page of a reproduction. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --ink: #1a1a1a; --faint: #5c5c5c; --paper: #ffffff; --line: #d9d9d9; --panel: #f6f6f6;
  --good: #00684a; --bad: #a23b00; --link: #0058a3; --shade: #0003; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e8e8; --faint: #a8a8a8; --paper: #16181b; --line: #3a3d42;
  --panel: #1f2226; --good: #4fd1a1; --bad: #ff9c66; --link: #7cc0ff; --shade: #000b; } }
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
nav { position: sticky; top: 0; z-index: 1; display: flex; flex-wrap: wrap; gap: .1rem .9rem; padding: .5rem 0;
  background: var(--paper); border-bottom: 1px solid var(--line); font-size: .9rem; }
nav span { color: var(--faint); }
nav a { white-space: nowrap; }
section { scroll-margin-top: 5.5rem; }
/* What is wider than the page scrolls in its frame; a shadow at an edge shows that there is more. */
.wide { overflow-x: auto; --cover: var(--paper); background:
  linear-gradient(to right, var(--cover) 50%, transparent) left / 2rem 100% no-repeat local,
  linear-gradient(to left, var(--cover) 50%, transparent) right / 2rem 100% no-repeat local,
  linear-gradient(to right, var(--shade), transparent) left / .7rem 100% no-repeat scroll,
  linear-gradient(to left, var(--shade), transparent) right / .7rem 100% no-repeat scroll; }
figure .wide { --cover: var(--panel); }
figure { margin: 1rem 0; padding: .75rem; background: var(--panel); border-radius: .4rem; }
figure:focus-visible { outline: 2px solid var(--link); }
figcaption { color: var(--faint); font-size: .9rem; margin-top: .5rem; }
/* As wide as the page, up to half as large again. */
figure svg { display: block; width: 100%; height: auto; max-width: calc(var(--drawn) * 1.5); min-width: calc(var(--drawn) * .7); }
[data-layout="narrow"] { display: none; }
figure svg > rect:first-child { fill: transparent; }
figure svg .background { fill: transparent; }
figure svg .background[stroke] { stroke: var(--line); }
figure svg text { fill: var(--ink); }
figure svg .mark-rule.role-axis-grid line { stroke: var(--line); }
figure svg .role-axis-tick line, figure svg .role-axis-domain line { stroke: var(--faint); }
figure svg .mark-rule.role-mark line { stroke: var(--ink); }
figure svg [data-read] { stroke: var(--ink); stroke-width: 2px; }
table { border-collapse: collapse; font-size: .85rem; margin: .5rem 0; }
th, td { text-align: left; vertical-align: top; padding: .2rem .6rem; border-bottom: 1px solid var(--line); }
tbody th { font-weight: normal; min-width: 12rem; }
th.n { text-align: right; }
td.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.counts td { text-align: right; }
.counts th { min-width: 0; }
td.agrees, td.better { color: var(--good); }
td.better { font-weight: 600; }
td.differs { color: var(--bad); font-weight: 600; }
.plain td:not(.n) { min-width: 11rem; max-width: 20rem; }
td.kind { white-space: nowrap; }
td.not-compared { color: var(--faint); white-space: nowrap; }
td.why { min-width: 15rem; max-width: 34rem; }
summary { cursor: pointer; color: var(--link); }
#reading { position: fixed; z-index: 2; max-width: 18rem; padding: .3rem .6rem; background: var(--ink);
  color: var(--paper); border-radius: .3rem; font-size: .85rem; pointer-events: none; }
@media print { nav { display: none; } figure, tr { break-inside: avoid; } details > * { display: block; } }
/* Below this width the letters of wide figures are too small. */
@media (max-width: 54rem) { [data-layout="wide"] { display: none; } [data-layout="narrow"] { display: block; } }
@media (max-width: 40rem) { body { padding: .6rem; } nav { position: static; } section { scroll-margin-top: 0; }
  dl { grid-template-columns: 1fr; } dt { margin-top: .3rem; } figure { padding: .5rem; } ul { padding-left: 1.2rem; }
  table { font-size: .8rem; } th, td { padding: .2rem .4rem; } td.why { min-width: 22rem; }
  tbody th { min-width: 7.5rem; max-width: 7.5rem; } .counts th { min-width: 0; max-width: none; }
  table:not(.counts) tr > :first-child { position: sticky; left: 0; background: var(--paper); } }
`;
