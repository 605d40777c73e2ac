extension ConsoleFiles {
  /// The page. All that changes in it is the script's doing.
  static let page = #"""
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>Local auth console</title>
    <link rel="icon" href="/console/icon.svg" type="image/svg+xml">
    <link rel="stylesheet" href="/console/style.css">
    <script defer src="/console/editor.js"></script>
    <script defer src="/console/script.js"></script>
    </head>
    <body>
    <a class="skip" href="#main">Skip to the content</a>
    <header>
      <img src="/console/icon.svg" alt="" width="32" height="32">
      <h1>Local auth console</h1>
      <p id="account" hidden></p>
      <button type="button" class="quiet" id="sign-out" hidden>Log out</button>
    </header>
    <main id="main" tabindex="-1">
    <noscript><p class="card">This page needs JavaScript.</p></noscript>
    <p id="status" role="status" aria-live="polite"></p>

    <section id="sign-in" class="card narrow" aria-labelledby="sign-in-title" hidden>
      <h2 id="sign-in-title">Log in</h2>
      <p>This is a service on your own machine: there is no password. Who can open this page can log in,
        and make any key for this service.</p>
      <p id="sign-in-code" hidden></p>
      <p class="error" role="alert" id="sign-in-error"></p>
      <button type="button" class="primary" id="sign-in-button">Log in</button>
    </section>

    <section id="logins" class="card attention" aria-labelledby="logins-title" aria-live="polite"
      hidden>
      <h2 id="logins-title">Waiting for your approval</h2>
      <p>Approve only a login that you have begun yourself: compare the code with the one that the
        program shows.</p>
      <ul id="login-list"></ul>
    </section>

    <div id="console" hidden>
    <section class="card" aria-labelledby="make-title">
      <h2 id="make-title">Generate a token</h2>
      <form id="make" autocomplete="off">
        <div class="pair">
          <p><label for="provider">Cloud provider</label>
            <select id="provider"></select></p>
          <p><label for="region">Region</label>
            <select id="region" aria-describedby="endpoint"></select></p>
        </div>
        <p class="hint" id="endpoint"></p>

        <fieldset>
          <legend>Expires</legend>
          <div class="choices">
            <label><input type="radio" name="expiry" value="never"> Never</label>
            <label><input type="radio" name="expiry" value="7d"> 7 days</label>
            <label><input type="radio" name="expiry" value="30d" checked> 30 days</label>
            <label><input type="radio" name="expiry" value="60d"> 60 days</label>
            <label><input type="radio" name="expiry" value="90d"> 90 days</label>
            <label><input type="radio" name="expiry" value="date"> Custom date</label>
          </div>
          <p id="date-part" hidden><label for="date">Until the beginning of this day (UTC)</label>
            <input type="date" id="date"></p>
          <p class="hint" id="never-hint" hidden>A token that never expires has no refresh token. Use it
            for development only.</p>
        </fieldset>

        <fieldset>
          <legend>Access</legend>
          <div class="choices">
            <label><input type="radio" name="access" value="super-user" checked> Super user</label>
            <label><input type="radio" name="access" value="all-data-read-write"> All data,
              read and write</label>
            <label><input type="radio" name="access" value="permissions"> Fine-grained</label>
          </div>
          <div id="editor" hidden>
            <p class="hint">Any one permission that fits suffices; none takes away what another gives.</p>
            <ol id="permissions"></ol>
            <button type="button" class="quiet" id="add">Add a permission</button>
          </div>
        </fieldset>

        <p><label for="description">Description <span class="hint">(optional)</span></label>
          <input type="text" id="description" maxlength="200"></p>
        <p class="error" role="alert" id="make-error"></p>
        <button type="submit" class="primary">Generate Token</button>
      </form>
    </section>

    <section id="result" class="card" aria-labelledby="result-title" hidden>
      <h2 id="result-title" tabindex="-1">Your new token</h2>
      <p>It is shown this once. Copy it, or download it, before you leave the page.</p>
      <div class="box">
        <label for="auth-token">Auth Token</label>
        <button type="button" class="quiet" data-copy="auth-token"
          aria-label="Copy Auth Token">Copy</button>
        <textarea id="auth-token" rows="6" readonly spellcheck="false"></textarea>
      </div>
      <div class="box">
        <label for="refresh-token">Refresh Token</label>
        <button type="button" class="quiet" data-copy="refresh-token"
          aria-label="Copy Refresh Token">Copy</button>
        <textarea id="refresh-token" rows="2" readonly spellcheck="false"></textarea>
      </div>
      <div class="box">
        <label for="valid-until">Valid Until</label>
        <button type="button" class="quiet" data-copy="valid-until"
          aria-label="Copy Valid Until">Copy</button>
        <input id="valid-until" readonly aria-describedby="valid-until-words">
        <p class="hint" id="valid-until-words"></p>
      </div>
      <button type="button" class="primary" id="download">Download JSON</button>
    </section>

    <section class="card" aria-labelledby="keys-title">
      <h2 id="keys-title">Issued keys</h2>
      <p id="no-keys">No key has been issued yet.</p>
      <div class="scroll" id="keys" role="region" aria-labelledby="keys-title" tabindex="0" hidden>
        <table>
          <thead><tr><th scope="col">State</th><th scope="col">Key</th><th scope="col">Access</th>
            <th scope="col">Issued</th><th scope="col">Expires</th></tr></thead>
          <tbody id="key-rows"></tbody>
        </table>
      </div>
    </section>
    </div>
    </main>

    <template id="permission">
      <li>
        <fieldset>
          <legend>Permission</legend>
          <div class="row">
            <p><label>What <select data-part="kind"><option value="cache">Cache</option>
              <option value="topic">Topic</option><option value="function">Function</option>
              </select></label></p>
            <p><label>Role <select data-part="role"></select></label></p>
            <p><label>Caches <select data-part="caches"><option value="all">All caches</option>
              <option value="named">One cache</option></select></label></p>
            <p data-shown="cache"><label>Name of the cache <input data-part="cache"></label></p>
            <p><label><span data-part="parts-label">Items</span>
              <select data-part="parts"></select></label></p>
            <p data-shown="part"><label><span data-part="part-label">Key</span>
              <input data-part="part"></label></p>
          </div>
          <p class="foot"><code data-part="text"></code>
            <button type="button" class="quiet" data-part="remove">Remove</button></p>
        </fieldset>
      </li>
    </template>
    </body>
    </html>

    """#
}
