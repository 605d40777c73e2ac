/// ` Did you mean '…'?` when one of `candidates` is near enough to be what was meant, else nothing.
func suggestion(for word: String, among candidates: [String]) -> String {
  guard word.count <= 64 else { return "" }
  let allowed = max(1, word.count / 3)
  let nearest =
    candidates
    .map { (candidate: $0, distance: editDistance(Array(word), Array($0))) }
    .min { $0.distance < $1.distance }
  guard let nearest, nearest.distance <= allowed else { return "" }
  return " Did you mean '\(nearest.candidate)'?"
}

/// How many insertions, deletions, replacements and swaps of neighbours part two words (the optimal
/// string alignment distance).
func editDistance(_ left: [Character], _ right: [Character]) -> Int {
  var beforeLast = [Int](repeating: 0, count: right.count + 1)
  var last = Array(0...right.count)
  for i in left.indices {
    var row = [i + 1]
    for j in right.indices {
      let replacement = last[j] + (left[i] == right[j] ? 0 : 1)
      var cost = min(replacement, last[j + 1] + 1, row[j] + 1)
      if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
        cost = min(cost, beforeLast[j - 1] + 1)
      }
      row.append(cost)
    }
    (beforeLast, last) = (last, row)
  }
  return last[right.count]
}

/// A word of the command line as messages repeat it: between quotes, without control characters, and
/// not whole when it may be a secret that went astray. Words as the names of commands and options are
/// made of are none, unless they are long.
func quoted(_ word: String) -> String {
  let visible = String(
    word.unicodeScalars.map {
      $0.value < 0x20 || (0x7F..<0xA0).contains($0.value) ? "?" : Character($0)
    })
  let isName = word.utf8.allSatisfy { 0x61...0x7A ~= $0 || $0 == 0x2D }
  return visible.count > (isName ? 32 : 11) ? "'\(visible.prefix(8))...'" : "'\(visible)'"
}

/// `one of 'a', 'b' or 'c'`.
func alternatives(_ choices: [String]) -> String {
  let words = choices.map { "'\($0)'" }
  guard let last = words.last, words.count > 1 else { return words.joined() }
  return "one of \(words.dropLast().joined(separator: ", ")) or \(last)"
}
