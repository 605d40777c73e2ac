/// Where a value shows a secret: a test names every one of these as empty.
///
/// The value is printed, interpolated, dumped and reflected, and so is all that its mirror leads to. Parts
/// of a secret count like all of it, its bytes as numbers like its characters.
package func exposures(of secret: String, by value: Any) -> [String] {
  var texts = ["interpolated": "\(value)", "described": String(describing: value)]
  texts["reflected"] = String(reflecting: value)
  texts["dumped"] = dumped(value)
  for (path, text) in mirrored(value, path: "mirrored", depth: 0) { texts[path] = text }
  return texts.filter { shows($0.value, secret) }.map { "\($0.key): \($0.value.prefix(400))" }
    .sorted()
}

private func dumped(_ value: Any) -> String {
  var text = ""
  // What is deeper, or more, is as good as hidden.
  dump(value, to: &text, maxDepth: 10, maxItems: 5_000)
  return text
}

/// What the members of a value say of themselves, and theirs in turn.
private func mirrored(_ value: Any, path: String, depth: Int) -> [(String, String)] {
  guard depth < 6 else { return [] }
  return Mirror(reflecting: value).children.prefix(200).enumerated().flatMap { index, child in
    let place = "\(path).\(child.label ?? "\(index)")"
    return [(place, "\(child.value) \(String(reflecting: child.value))")]
      + mirrored(child.value, path: place, depth: depth + 1)
  }
}

/// Whether twelve bytes of the secret in a row are in the text, as they are or as numbers.
private func shows(_ text: String, _ secret: String) -> Bool {
  let bytes = Array(secret.utf8)
  let numbers = text.split { !$0.isASCII || !$0.isNumber }.joined(separator: ",")
  return (0...max(0, bytes.count - 12)).contains { start in
    let part = bytes[start..<min(bytes.count, start + 12)]
    return text.contains(String(decoding: part, as: UTF8.self))
      || numbers.contains(part.map { "\($0)" }.joined(separator: ","))
  }
}
