/** Style of the console: system fonts, light and dark, narrow screens. */
export const consoleStyle = `:root{color-scheme:light dark;--line:#8888;--good:#176b2c;--bad:#a8071a;--mild:#5c5c5c;--link:#0b4fc4;--paper:#fff;--ink:#1a1a1a}
@media (prefers-color-scheme:dark){:root{--good:#7bd88f;--bad:#ff9c9c;--mild:#b5b5b5;--link:#9ec1ff;--paper:#131313;--ink:#ececec}}
html{background:var(--paper);color:var(--ink)}
a{color:var(--link)}
body{font:16px/1.5 system-ui,sans-serif;margin:0 auto;max-width:80rem;padding:0 1rem 3rem}
header{border-bottom:1px solid var(--line);padding:.75rem 0}
h1,td,code,pre{overflow-wrap:anywhere;unicode-bidi:isolate}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%}
caption{text-align:start;color:var(--mild)}
th,td{border-bottom:1px solid var(--line);padding:.35rem .6rem;vertical-align:top;text-align:start}
th.number,td.number{text-align:end;font-variant-numeric:tabular-nums}
td.text{min-width:9rem}
pre{white-space:pre-wrap;margin:0}
.state{font-weight:600;white-space:nowrap}td:first-child code{white-space:nowrap}.running{color:var(--good)}.failed,.problem{color:var(--bad)}.paused,.stopped{color:var(--mild)}
.actions{display:flex;flex-wrap:wrap;gap:1rem;list-style:none;padding:0}
button{font:inherit;padding:.4rem 1rem}
`;

/**
 * Script of the console, which pages work without: times in the viewer's zone with UTC as their title, and, while nobody
 * has a control of it in focus, the content anew every five seconds.
 */
export const consoleScript = `const refreshMs = 5000;
function localise() {
  for (const time of document.querySelectorAll('time[datetime]')) {
    const date = new Date(time.dateTime);
    if (Number.isNaN(date.getTime())) continue;
    time.title = date.toISOString();
    time.textContent = date.toLocaleString();
  }
}
async function refresh() {
  const main = document.getElementById('main');
  const isBusy = document.hidden || main.querySelector('form') !== null || main.contains(document.activeElement);
  if (!isBusy) {
    try {
      const response = await fetch(location.href, { headers: { accept: 'text/html' } });
      if (response.ok) {
        const page = new DOMParser().parseFromString(await response.text(), 'text/html');
        main.replaceChildren(...page.getElementById('main').childNodes);
        localise();
      }
    } catch {
      // The next look may find the server again.
    }
  }
  setTimeout(refresh, refreshMs);
}
localise();
setTimeout(refresh, refreshMs);
`;
