/**
 * What runs in the browser: asks for the changing parts of the page every second and puts them where they belong. They are
 * markup that this program made, with every text escaped. The only source file whose code opens a connection of a
 * browser, to where the page came from.
 */
export const script = `
const shown = new Map();
const lost = document.getElementById('lost');
let pause = 1000;
function show(id, markup) {
  if (shown.get(id) === markup) return;
  const part = document.getElementById(id);
  if (part === null) return;
  shown.set(id, markup);
  const boxes = () => [...part.querySelectorAll('.scroll')];
  const places = boxes().map((box) => [box.getAttribute('aria-label'), box.scrollLeft, box === document.activeElement]);
  part.innerHTML = markup;
  for (const box of boxes()) {
    const before = places.find(([label]) => label === box.getAttribute('aria-label'));
    if (before === undefined) continue;
    box.scrollLeft = before[1];
    if (before[2]) box.focus({ preventScroll: true });
  }
}
async function look() {
  try {
    const answer = await fetch('/state', { cache: 'no-store', credentials: 'omit' });
    if (!answer.ok) throw new Error(String(answer.status));
    const { title, sections } = await answer.json();
    document.title = title;
    for (const [id, markup] of Object.entries(sections)) show(id, markup);
    lost.hidden = true;
    pause = 1000;
  } catch {
    lost.hidden = false;
    pause = Math.min(30000, 2 * pause);
  }
  setTimeout(look, pause);
}
setTimeout(look, pause);
`.trim();
