import { colours, fonts } from '../figures/bar-style.js';

/** Colours of runs that are too dark on a dark page, and lighter ones of the same hue. */
const lighter = {
  '#0072b2': '#4aa8e0',
  '#d55e00': '#ff8a3d',
  '#009e73': '#2fc79b',
  '#56b4e9': '#a9dbf7',
  '#7b4fa3': '#b994de',
};
const darkRuns = Object.entries(lighter)
  .map(
    ([from, to]) =>
      `  .overlay [stroke="${from}"] { stroke: ${to}; } .overlay svg [fill="${from}"] { fill: ${to}; }`,
  )
  .join('\n');

/**
 * The whole look of a report. Light by default, dark where the reader's system is, plain on paper. Figures that were
 * painted for a white page are re-coloured by their own colours, so that they follow the page's.
 */
export const style = `
:root {
  color-scheme: light dark;
  --paper: #ffffff; --raised: #f5f6f7; --ink: #1a1a1a; --faint: #5c6168; --rule: #d9dce0; --accent: #1b6aa8;
  --good: #14703c; --bad: #b3261e; --open: #7a5600; --warn: #fff4d6; --warn-ink: #4d3800; --published: ${colours.publishedText};
  --shade: rgb(0 0 0 / .22);
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #15181c; --raised: #1e2227; --ink: #e7e9eb; --faint: #a3abb5; --rule: #363c44; --accent: #79bdf2;
    --good: #7fd39f; --bad: #ff9d94; --open: #e8c468; --warn: #3a3016; --warn-ink: #f3dfa6; --published: #ff9d57;
    --shade: rgb(255 255 255 / .25);
  }
}
@media screen and (prefers-color-scheme: dark) {
${darkRuns}
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; scroll-behavior: auto; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.5 ${fonts}; overflow-wrap: break-word; }
main, header, footer { max-width: 66rem; margin: 0 auto; padding: 0 1rem; }
header { padding-top: 1.5rem; }
footer { padding: 2rem 1rem; color: var(--faint); font-size: .875rem; }
h1, h2, h3, h4, h5 { line-height: 1.25; text-wrap: balance; margin: 2rem 0 .5rem; }
h1 { font-size: 1.75rem; margin-top: 0; } h2 { font-size: 1.4rem; } h3 { font-size: 1.15rem; } h4, h5 { font-size: 1rem; }
h2 { border-top: 1px solid var(--rule); padding-top: 1.25rem; }
p { margin: .5rem 0; max-width: 44rem; }
a { color: var(--accent); }
a:focus-visible, summary:focus-visible, .scroll:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
code { font: .85em/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; overflow-wrap: anywhere; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.lead { color: var(--faint); }
.synthetic { background: var(--warn); color: var(--warn-ink); padding: .6rem .8rem; border-radius: .3rem; max-width: 44rem; }
nav ol, nav ul { margin: .25rem 0; padding-left: 1.25rem; } nav li { margin: .15rem 0; }
.scroll { position: relative; overflow-x: auto; max-width: 100%;
  background: linear-gradient(90deg, var(--paper) 40%, transparent) 0 -2px / 2.5rem calc(100% + 4px), linear-gradient(270deg, var(--paper) 40%, transparent) 100% -2px / 2.5rem calc(100% + 4px),
    linear-gradient(90deg, var(--shade), transparent) 0 3px / .75rem calc(100% - 6px), linear-gradient(270deg, var(--shade), transparent) 100% 3px / .75rem calc(100% - 6px);
  background-repeat: no-repeat; background-attachment: local, local, scroll, scroll; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin: .5rem 0; }
caption { text-align: left; color: var(--faint); font-size: .875rem; padding: 0 0 .4rem; }
caption:has(.unseen) { padding: 0; line-height: 0; }
th, td { padding: .3rem .6rem; text-align: left; vertical-align: baseline; border-bottom: 1px solid var(--rule); }
th { font-weight: 600; } tbody th { font-weight: 400; min-width: 9rem; max-width: 22rem; }
thead th { vertical-align: bottom; }
.results td, .results thead th:not(:first-child), .results thead tr + tr th { text-align: right; white-space: nowrap; }
.results thead tr th[rowspan] { white-space: normal; max-width: 8rem; } .results { font-size: .9375rem; } .results th, .results td { padding-inline: .45rem; }
.results thead th[scope=colgroup] { text-align: center; }
.results .paper { color: var(--published); } .results .gap, .spread, .count { color: var(--faint); }
.results .ours { padding-left: 1.2rem; }
.results tbody + tbody { border-top: 2px solid var(--rule); }
.reference th { font-style: italic; color: var(--faint); }
.count { font-weight: 400; font-size: .9em; }
.number { display: block; text-align: right; white-space: nowrap; }
.notes, figcaption, .legend { color: var(--faint); font-size: .875rem; max-width: 48rem; }
.notes ul { padding-left: 1.1rem; margin: .5rem 0; } .notes li { margin: .15rem 0; }
figure { margin: 1rem 0; } figcaption { margin-top: .25rem; } figcaption b { color: var(--ink); }
.picture img { display: block; max-width: 100%; height: auto; min-width: 34rem; background: #fff; border-radius: .2rem; }
.model img { display: block; max-width: none; background: #fff; border-radius: .2rem; }
.filters img { display: block; max-width: 100%; height: auto; min-width: 24rem; background: #fff; border-radius: .2rem; }
.bars svg { display: block; width: 100%; max-width: 50rem; min-width: 40rem; height: auto; }
.bars svg { fill: var(--ink); } .bars [fill="#ffffff"] { fill: none; }
.bars [fill="${colours.faint}"] { fill: var(--faint); } .bars [fill="${colours.publishedText}"] { fill: var(--published); }
.bars [fill="${colours.ink}"] { fill: var(--ink); } .bars [stroke="${colours.ink}"] { stroke: var(--ink); }
.bars [stroke="${colours.grid}"] { stroke: var(--rule); } .bars [stroke="${colours.chance}"] { stroke: var(--faint); }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(17rem, 100%), 1fr)); gap: .5rem 1.5rem; }
.charts figure { margin: .5rem 0; min-width: 0; }
.chart { display: block; max-width: 100%; font-size: 12px; fill: var(--faint); } .charts .chart { width: 100%; max-width: 24rem; height: auto; }
.confusion { max-width: 100%; min-width: 18rem; height: auto; }
.rule { stroke: var(--rule); } .curve { fill: none; stroke: var(--accent); stroke-width: 1.5; stroke-opacity: .8; } .dot { fill: var(--accent); }
.bar, .share { fill: var(--accent); } .ground { fill: var(--raised); } .on-share { fill: var(--paper); } .beside-share { fill: var(--ink); }
.summary { background: var(--raised); border-radius: .3rem; padding: .3rem .9rem .6rem; margin: 1rem 0; }
.summary > p { font-size: 1.0625rem; } .summary .scroll { background: none; } .summary caption { padding-top: .3rem; }
.strip { list-style: none; display: flex; flex-wrap: wrap; gap: .3rem; margin: .5rem 0; padding: 0; }
.strip li { border: 1.5px solid currentColor; border-radius: .3rem; padding: .1rem .5rem; font-weight: 600; background: var(--paper); position: relative; }
.verdict { white-space: nowrap; font-weight: 600; font-size: .9375rem; }
.reproduced { color: var(--good); } .not-reproduced { color: var(--bad); } .not-testable { color: var(--open); }
.overview table { min-width: min(34rem, 100%); } .overview tbody th, .claim tbody th { max-width: 34rem; }
.claim p { color: var(--faint); margin: .25rem 0; }
.absent { color: var(--faint); }
details { margin: .5rem 0; border: 1px solid var(--rule); border-radius: .3rem; max-width: 100%; }
summary { cursor: pointer; padding: .45rem .7rem; } .inside { padding: 0 .7rem .6rem; }
.inside table { font-size: .875rem; }
dl { display: grid; grid-template-columns: minmax(7rem, max-content) minmax(0, 1fr); gap: .2rem 1rem; margin: .5rem 0; font-size: .9375rem; }
dt { grid-column: 1; color: var(--faint); } dd { grid-column: 2; margin: 0; overflow-wrap: anywhere; }
@media (max-width: 34rem) {
  h1 { font-size: 1.4rem; } h2 { font-size: 1.2rem; }
  th, td { padding: .3rem .4rem; } .results .ours { padding-left: .7rem; }
  tbody th { min-width: 6.5rem; max-width: 9.5rem; }
  .results { font-size: .875rem; } .claim tbody th { min-width: 5rem; } .claim .verdict { font-size: inherit; } .claim table { font-size: .8125rem; } .claim td .verdict { white-space: normal; } .claim th, .claim td { padding: .3rem .2rem; }
  .results tbody th { position: sticky; left: 0; background: var(--paper); }
  dl { grid-template-columns: minmax(0, 1fr); gap: 0; } dt, dd { grid-column: 1; } dd + dt { margin-top: .4rem; }
}
@media print {
  html { font-size: 10pt; } main, header, footer { max-width: none; }
  .scroll { overflow: visible; background: none; }
  .results { font-size: 7.5pt !important; } .results td { white-space: normal !important; } .results th, .results td { padding: .15rem .2rem !important; }
  .results tbody th { min-width: 5rem; } .results .ours { padding-left: .35rem !important; } .bars svg, .picture img, .filters img, .model img { min-width: 0; max-width: 100%; height: auto; }
  tr, figure, .claim { break-inside: avoid; } h1, h2, h3, h4 { break-after: avoid; } thead { display: table-header-group; }
  details { border: 0; } nav { display: none; }
}
`.trim();
