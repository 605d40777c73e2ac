extension ConsoleFiles {
  static let style = #"""
    :root {
      color-scheme: light dark;
      --page: #f4f6f5; --card: #ffffff; --text: #16211d; --soft: #4d5d57; --line: #c9d3cf;
      --field: #ffffff; --border: #71827b; --accent: #0b5d4a; --on-accent: #ffffff;
      --accent-soft: #e3f2ec; --error: #a3160d; --error-soft: #fdecea; --warn: #7a4b00;
      --warn-soft: #fff3d9; --focus: #1558d6;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --page: #101614; --card: #18211e; --text: #e6eeeb; --soft: #a7b8b1; --line: #33423c;
        --field: #111917; --border: #7d918a; --accent: #6fdcb4; --on-accent: #06251c;
        --accent-soft: #1c352c; --error: #ffb0a8; --error-soft: #3b1b18; --warn: #ffd48a;
        --warn-soft: #3a2c10; --focus: #9dc1ff;
      }
    }
    * { box-sizing: border-box; }
    [hidden] { display: none !important; }
    body {
      margin: 0; background: var(--page); color: var(--text);
      font: 16px/1.5 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif;
    }
    header {
      display: flex; flex-wrap: wrap; align-items: center; gap: .75rem;
      padding: .75rem 1.5rem; background: var(--card); border-bottom: 1px solid var(--line);
    }
    header h1 { margin: 0; font-size: 1.1rem; flex: 1 1 auto; }
    header p { margin: 0; color: var(--soft); overflow-wrap: anywhere; }
    main { max-width: 64rem; margin: 0 auto; padding: 1.5rem; outline: none; }
    h2 { margin: 0 0 .75rem; font-size: 1.25rem; outline: none; }
    p { margin: 0 0 .75rem; }
    .skip { position: absolute; left: -999rem; }
    .skip:focus { left: .5rem; top: .5rem; padding: .5rem; background: var(--card); }
    .card {
      background: var(--card); border: 1px solid var(--line); border-radius: .75rem;
      padding: 1.5rem; margin: 0 0 1.5rem;
    }
    .narrow { max-width: 30rem; margin: 3rem auto; }
    .attention { border-color: var(--warn); background: var(--warn-soft); }
    .hint { color: var(--soft); font-size: .9rem; font-weight: normal; overflow-wrap: anywhere; }
    .error:empty, #status:empty { display: none; }
    .error {
      color: var(--error); background: var(--error-soft); border-radius: .5rem;
      padding: .6rem .8rem; overflow-wrap: anywhere;
    }
    #status {
      color: var(--accent); background: var(--accent-soft); border-radius: .5rem;
      padding: .6rem .8rem;
    }
    label { font-weight: 600; }
    select, input:not([type=radio]), textarea {
      display: block; width: 100%; min-height: 2.7rem; margin-top: .25rem; padding: .5rem .6rem; font: inherit;
      font-weight: normal; color: var(--text); background: var(--field);
      border: 1px solid var(--border); border-radius: .5rem;
    }
    textarea, code, .code, #valid-until { font-family: ui-monospace, "DejaVu Sans Mono", monospace; }
    textarea { resize: vertical; font-size: .85rem; word-break: break-all; }
    :focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
    fieldset { border: 0; padding: 0; margin: 0 0 1rem; min-width: 0; }
    legend { font-weight: 600; padding: 0; margin-bottom: .25rem; }
    .pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(14rem, 1fr)); gap: 0 1rem; }
    .pair p { margin-bottom: .25rem; }
    .choices { display: flex; flex-wrap: wrap; gap: .5rem; margin-bottom: .5rem; }
    .choices label {
      font-weight: normal; padding: .45rem .8rem; border: 1px solid var(--border);
      border-radius: .5rem; cursor: pointer; background: var(--field);
    }
    .choices label:has(:checked) {
      background: var(--accent-soft); border-color: var(--accent); color: var(--accent);
      font-weight: 600;
    }
    .choices label:has(:focus-visible) { outline: 3px solid var(--focus); outline-offset: 2px; }
    .choices input { accent-color: var(--accent); margin: 0 .3rem 0 0; outline: none; }
    #date { max-width: 14rem; }
    #permissions { list-style: none; margin: 0 0 .75rem; padding: 0; }
    #permissions li {
      border: 1px solid var(--line); border-radius: .5rem; padding: .75rem; margin-bottom: .75rem;
    }
    #permissions fieldset { margin: 0; }
    .row { display: grid; grid-template-columns: repeat(auto-fit, minmax(10rem, 1fr)); gap: 0 .75rem; }
    .row label { font-size: .9rem; }
    .foot { display: flex; align-items: center; justify-content: space-between; gap: .75rem; margin: 0; }
    code { font-size: .85rem; color: var(--soft); overflow-wrap: anywhere; min-width: 0; }
    button {
      font: inherit; font-weight: 600; padding: .55rem 1.1rem; border-radius: .5rem; cursor: pointer;
      border: 1px solid var(--accent); flex: none;
    }
    .primary { background: var(--accent); color: var(--on-accent); }
    .quiet { background: transparent; color: var(--accent); padding: .3rem .8rem; }
    button:hover { text-decoration: underline; }
    button:disabled { opacity: .6; cursor: default; }
    .box { display: grid; grid-template-columns: 1fr auto; align-items: end; gap: .25rem; margin-bottom: 1rem; }
    .box textarea, .box input, .box p { grid-column: 1 / -1; margin-bottom: 0; }
    #login-list { list-style: none; margin: 0; padding: 0; }
    #login-list li {
      display: flex; flex-wrap: wrap; align-items: center; gap: .5rem 1rem; padding: .6rem 0;
      border-top: 1px solid var(--line);
    }
    #login-list .code { font-size: 1.2rem; font-weight: 700; letter-spacing: .05em; }
    #login-list .grow { flex: 1 1 12rem; color: var(--soft); }
    .scroll { overflow-x: auto; }
    table { width: 100%; border-collapse: collapse; font-size: .9rem; }
    th, td { text-align: left; vertical-align: top; padding: .5rem .75rem .5rem 0; }
    th { border-bottom: 2px solid var(--line); white-space: nowrap; }
    td { border-bottom: 1px solid var(--line); }
    td small { display: block; color: var(--soft); white-space: nowrap; }
    td.access { overflow-wrap: anywhere; min-width: 12rem; }
    td.time { white-space: nowrap; }
    .standing {
      display: inline-block; padding: .05rem .6rem; border-radius: 1rem; font-weight: 600;
      border: 1px solid currentColor;
    }
    .valid { color: var(--accent); background: var(--accent-soft); }
    .refreshed { color: var(--warn); background: var(--warn-soft); }
    .expired { color: var(--soft); }
    @media (max-width: 36rem) {
      main { padding: 1rem; }
      .card { padding: 1rem; }
      header { padding: .75rem 1rem; }
    }
    @media (prefers-reduced-motion: no-preference) {
      button, .choices label { transition: background-color .15s, border-color .15s; }
    }

    """#
}
