extension ConsoleFiles {
  /// All of the page but the editor of permissions.
  static let pageScript = #"""
    "use strict";

    (() => {
      const byID = (id) => document.getElementById(id);
      const file = "momento_token.info.json";
      const pause = 2000;
      let regions = [];
      let made = null;
      let shown = "";

      class Refusal extends Error {
        constructor(status, message) { super(message); this.status = status; }
      }

      async function ask(path, body) {
        let response;
        try {
          response = await fetch(path, body === undefined ? {} : {
            method: "POST", headers: { "content-type": "application/json" },
            body: JSON.stringify(body),
          });
        } catch {
          throw new Refusal(0, "The service does not answer. Is it still running?");
        }
        const answer = await response.json().catch(() => ({}));
        if (!response.ok) throw new Refusal(response.status, answer.error ?? "The service refused.");
        return answer;
      }

      const say = (text) => { byID("status").textContent = text; };

      const moment = (seconds) =>
        new Date(seconds * 1000).toISOString().slice(0, 16).replace("T", " ") + " UTC";

      function element(name, text, className) {
        const made = document.createElement(name);
        if (text !== undefined) made.textContent = text;
        if (className) made.className = className;
        return made;
      }

      const chosen = (name) => document.querySelector(`input[name="${name}"]:checked`).value;

      const codeInAddress = () =>
        new URLSearchParams(location.hash.slice(1)).get("login")?.slice(0, 9) ?? "";

      // MARK: What there is

      async function refresh() {
        const state = await ask("/console/state");
        const text = JSON.stringify([state.signedIn, state.keys, state.logins, state.account]);
        if (text === shown) return;
        shown = text;
        show(state);
      }

      function show(state) {
        if (regions.length === 0) showRegions(state.regions);
        byID("sign-in").hidden = state.signedIn;
        byID("console").hidden = !state.signedIn;
        byID("sign-out").hidden = !state.signedIn;
        byID("account").hidden = !state.signedIn;
        byID("account").textContent = state.account;
        if (!state.signedIn) forget();
        const code = codeInAddress();
        byID("sign-in-code").hidden = code === "";
        byID("sign-in-code").textContent = `The login ${code} waits for you: log in to approve it.`;
        showLogins(state.logins);
        showKeys(state.keys);
      }

      function showRegions(all) {
        regions = all;
        const providers = [...new Set(all.map((region) => region.provider))];
        byID("provider").replaceChildren(...providers.map((name) => new Option(name)));
        changeProvider();
      }

      function changeProvider() {
        const fitting = regions.filter((region) => region.provider === byID("provider").value);
        byID("region").replaceChildren(
          ...fitting.map((region) => new Option(region.name, region.id)));
        changeRegion();
      }

      function changeRegion() {
        const region = regions.find((region) => region.id === byID("region").value);
        byID("endpoint").textContent = `Endpoint in the token: ${region.endpoint}`
          + (region.id === "local" ? "" : ". The token is good at this service only; have clients"
            + " override the endpoint.");
      }

      function showLogins(logins) {
        byID("logins").hidden = logins.length === 0;
        byID("login-list").replaceChildren(...logins.map(login));
      }

      function login(waiting) {
        const item = element("li");
        const isMeant = waiting.code === codeInAddress();
        item.append(element("span", waiting.code, "code"),
          element("span", `from ${waiting.peer}, since ${moment(waiting.since)}`
            + (isMeant ? ", the one that sent you here" : ""), "grow"));
        for (const [approve, word, style] of [[true, "Approve", "primary"], [false, "Deny", "quiet"]]) {
          const button = element("button", word, style);
          button.type = "button";
          button.setAttribute("aria-label", `${word} the login ${waiting.code}`);
          button.addEventListener("click", () => decide(waiting.code, approve));
          item.append(button);
        }
        return item;
      }

      function showKeys(keys) {
        byID("no-keys").hidden = keys.length > 0;
        byID("keys").hidden = keys.length === 0;
        byID("key-rows").replaceChildren(...keys.map(keyRow));
      }

      function keyRow(key) {
        const row = element("tr");
        const name = element("td", key.description ?? (key.kind === "disposable"
          ? "Disposable token" : "API key"));
        name.append(element("small", key.id));
        if (key.tokenID) name.append(element("small", `token id ${key.tokenID}`));
        if (key.refreshedFrom) name.append(element("small", `in place of ${key.refreshedFrom}`));
        const standing = element("td");
        standing.append(element("span", key.standing, `standing ${key.standing}`));
        row.append(standing, name, element("td", key.scope, "access"),
          element("td", moment(key.issued), "time"),
          element("td", key.expires ? moment(key.expires) : "never", "time"));
        return row;
      }

      // MARK: What can be done

      async function attempt(errorID, body) {
        byID(errorID).textContent = "";
        try {
          await body();
        } catch (problem) {
          if (!(problem instanceof Refusal)) throw problem;
          byID(errorID).textContent = problem.message;
          if (problem.status === 401) await refresh();
        }
      }

      const signIn = () => attempt("sign-in-error", async () => {
        await ask("/console/sign-in", {});
        await refresh();
        say("You are logged in.");
        byID("main").focus();
      });

      const signOut = () => attempt("sign-in-error", async () => {
        await ask("/console/sign-out", {});
        await refresh();
        say("You are logged out.");
        byID("sign-in-button").focus();
      });

      const decide = (code, approve) => attempt("sign-in-error", async () => {
        try {
          await ask("/console/logins", { code, approve });
          say(approve ? `The login ${code} is approved. You can go back to the program.`
            : `The login ${code} is denied.`);
        } catch (problem) {
          say(problem.message);
        }
        if (code === codeInAddress()) history.replaceState(null, "", "/");
        await refresh();
        byID("main").focus();
      });

      const generate = () => attempt("make-error", async () => {
        made = await ask("/console/keys", {
          expiry: chosen("expiry") === "date" ? byID("date").value : chosen("expiry"),
          access: chosen("access"), region: byID("region").value,
          permissions: chosen("access") === "permissions" ? permissionEditor.texts() : [],
          description: byID("description").value,
        });
        byID("auth-token").value = made.apiKey;
        byID("refresh-token").value = made.refreshToken;
        byID("refresh-token").placeholder = "None: the token never expires.";
        byID("valid-until").value = made.validUntil === 0 ? "never" : String(made.validUntil);
        byID("valid-until-words").textContent =
          made.validUntil === 0 ? "It does not expire." : moment(made.validUntil);
        byID("result").hidden = false;
        byID("result-title").focus();
        say("");
        await refresh();
      });

      /** Points at what is missing in the form, if anything is. */
      function missing() {
        if (chosen("expiry") === "date" && byID("date").value === "") {
          return [byID("date"), "Choose the date on which the token expires."];
        }
        if (chosen("access") !== "permissions") return null;
        if (permissionEditor.isEmpty()) return [byID("add"), "Add at least one permission."];
        const field = permissionEditor.missing();
        return field && [field, "Fill in the name, or choose all."];
      }

      function submit(event) {
        event.preventDefault();
        const gap = missing();
        if (!gap) return generate();
        byID("make-error").textContent = gap[1];
        gap[0].focus();
      }

      function forget() {
        made = null;
        byID("result").hidden = true;
        for (const id of ["auth-token", "refresh-token", "valid-until"]) byID(id).value = "";
      }

      async function copy(button) {
        const field = byID(button.dataset.copy);
        try {
          await navigator.clipboard.writeText(field.value);
          button.textContent = "Copied";
          say(`${field.labels[0].textContent} is copied.`);
        } catch {
          field.select();
          say("The browser does not let this page copy: press Ctrl+C.");
        }
        setTimeout(() => { button.textContent = "Copy"; }, pause);
      }

      function download() {
        const { apiKey, refreshToken, validUntil } = made;
        const text = JSON.stringify({ apiKey, refreshToken, validUntil }, null, 2) + "\n";
        const link = element("a");
        link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
        link.download = file;
        link.click();
        URL.revokeObjectURL(link.href);
        say(`${file} is downloaded. Keep it where only you can read it.`);
      }

      function changeChoice() {
        byID("date-part").hidden = chosen("expiry") !== "date";
        byID("never-hint").hidden = chosen("expiry") !== "never";
        byID("editor").hidden = chosen("access") !== "permissions";
        if (chosen("access") === "permissions" && permissionEditor.isEmpty()) permissionEditor.add();
      }

      // MARK: The beginning

      byID("sign-in-button").addEventListener("click", signIn);
      byID("sign-out").addEventListener("click", signOut);
      byID("provider").addEventListener("change", changeProvider);
      byID("region").addEventListener("change", changeRegion);
      byID("make").addEventListener("submit", submit);
      byID("make").addEventListener("change", changeChoice);
      byID("download").addEventListener("click", download);
      for (const button of document.querySelectorAll("[data-copy]")) {
        button.addEventListener("click", () => copy(button));
      }
      window.addEventListener("hashchange", () => { shown = ""; poll(); });
      byID("date").min = new Date(Date.now() + 864e5).toISOString().slice(0, 10);
      changeChoice();

      let lost = false;
      async function poll() {
        try {
          await refresh();
          if (lost) say("The service answers again.");
          lost = false;
        } catch (problem) {
          if (!lost) say(problem.message);
          lost = true;
        }
      }
      poll();
      setInterval(() => { if (!document.hidden) poll(); }, pause);
    })();

    """#
}
