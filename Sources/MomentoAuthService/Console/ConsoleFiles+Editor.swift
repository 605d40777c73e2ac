extension ConsoleFiles {
  /// The editor of permissions. It writes each in the grammar that the commands read, and shows it.
  static let editorScript = #"""
    "use strict";

    const permissionEditor = (() => {
      const list = document.getElementById("permissions");
      const template = document.getElementById("permission");
      const most = 20;

      const kinds = {
        cache: {
          roles: [["readwrite", "Read and write"], ["readonly", "Read only"],
            ["writeonly", "Write only"]],
          label: "Items",
          parts: [["all", "All items"], ["key", "One key"], ["prefix", "Keys with a prefix"]],
          names: { key: "Key", prefix: "Prefix of the keys" },
        },
        topic: {
          roles: [["publish-subscribe", "Publish and subscribe"], ["subscribe", "Subscribe only"],
            ["publish", "Publish only"]],
          label: "Topics",
          parts: [["all", "All topics"], ["name", "One topic"], ["prefix", "Topics with a prefix"]],
          names: { name: "Name of the topic", prefix: "Prefix of the topics" },
        },
        function: {
          roles: [["invoke", "Invoke"]],
          label: "Functions",
          parts: [["all", "All functions"], ["name", "One function"],
            ["prefix", "Functions with a prefix"]],
          names: { name: "Name of the function", prefix: "Prefix of the functions" },
        },
      };

      // Names may hold anything; what the grammar uses itself is written as % and two digits.
      const escaped = (text) => encodeURIComponent(text).replace(/[*'()!~]/g,
        (sign) => "%" + sign.charCodeAt(0).toString(16).toUpperCase());

      const part = (row, name) => row.querySelector(`[data-part="${name}"]`);

      function fill(select, choices) {
        select.replaceChildren(...choices.map(([value, text]) => new Option(text, value)));
      }

      function selected(row) {
        const name = escaped(part(row, "part").value);
        switch (part(row, "parts").value) {
          case "key": return "key=" + name;
          case "prefix": return "prefix=" + name;
          case "name": return name;
          default: return "*";
        }
      }

      function text(row) {
        const kind = part(row, "kind").value;
        const isNamed = part(row, "caches").value === "named";
        const cache = isNamed ? escaped(part(row, "cache").value) : "*";
        const words = [kind, part(row, "role").value, cache];
        if (kind !== "cache" || part(row, "parts").value !== "all") words.push(selected(row));
        return words.join(":");
      }

      function update(row) {
        const kind = kinds[part(row, "kind").value];
        const choice = part(row, "parts").value;
        row.querySelector('[data-shown="cache"]').hidden = part(row, "caches").value !== "named";
        row.querySelector('[data-shown="part"]').hidden = choice === "all";
        part(row, "parts-label").textContent = kind.label;
        part(row, "part-label").textContent = kind.names[choice] ?? "";
        part(row, "text").textContent = text(row);
      }

      function changeKind(row) {
        const kind = kinds[part(row, "kind").value];
        fill(part(row, "role"), kind.roles);
        fill(part(row, "parts"), kind.parts);
        update(row);
      }

      function number() {
        [...list.children].forEach((row, index) => {
          row.querySelector("legend").textContent = `Permission ${index + 1}`;
          part(row, "remove").setAttribute("aria-label", `Remove permission ${index + 1}`);
        });
        document.getElementById("add").disabled = list.children.length >= most;
      }

      function add() {
        const row = template.content.firstElementChild.cloneNode(true);
        part(row, "kind").addEventListener("change", () => changeKind(row));
        row.addEventListener("input", () => update(row));
        row.addEventListener("change", () => update(row));
        part(row, "remove").addEventListener("click", () => remove(row));
        list.append(row);
        changeKind(row);
        number();
        return row;
      }

      function remove(row) {
        const next = row.nextElementSibling ?? row.previousElementSibling;
        row.remove();
        number();
        (next ? part(next, "remove") : document.getElementById("add")).focus();
      }

      // What is missing would be refused by the service too, but it cannot point at the field.
      function missing() {
        for (const row of list.children) {
          for (const [choice, none, name] of [["caches", "all", "cache"], ["parts", "all", "part"]]) {
            const field = part(row, name);
            if (part(row, choice).value !== none && field.value === "") return field;
          }
        }
        return null;
      }

      document.getElementById("add").addEventListener("click", () => {
        part(add(), "kind").focus();
      });

      return { add, missing, isEmpty: () => list.children.length === 0,
        texts: () => [...list.children].map(text) };
    })();

    """#
}
