/// What is different between two texts, as `diff -u` writes it.
package enum UnifiedDiff {
  private static let context = 3

  /// The lines of the differences; none if the texts are equal.
  package static func lines(_ old: String, _ new: String, names: (String, String)) -> [String] {
    let before = Self.lines(of: old)
    let after = Self.lines(of: new)
    let steps = Alignment(before, after).steps
    let changed = steps.indices.filter { if case .same = steps[$0] { false } else { true } }
    guard !changed.isEmpty else { return [] }
    var output = ["--- \(names.0)", "+++ \(names.1)"]
    for range in hunks(changed, steps.count) {
      output.append(head(steps, range))
      for step in steps[range] {
        switch step {
        case .same(let place, _): output.append(" \(before[place])")
        case .removed(let place): output.append("-\(before[place])")
        case .added(let place): output.append("+\(after[place])")
        }
      }
    }
    return output
  }

  private static func lines(of text: String) -> [Substring] {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    if lines.last?.isEmpty ?? false { lines.removeLast() }
    return lines
  }

  /// Ranges of steps around the changes; those that touch each other are one.
  private static func hunks(_ changed: [Int], _ count: Int) -> [Range<Int>] {
    var hunks: [Range<Int>] = []
    for place in changed {
      let range = max(0, place - context)..<min(count, place + context + 1)
      if let last = hunks.last, last.upperBound >= range.lowerBound {
        hunks[hunks.count - 1] = last.lowerBound..<range.upperBound
      } else {
        hunks.append(range)
      }
    }
    return hunks
  }

  private static func head(_ steps: [Alignment.Step], _ range: Range<Int>) -> String {
    var (old, new) = (0, 0)
    for step in steps[..<range.lowerBound] { count(step, &old, &new) }
    var (oldCount, newCount) = (0, 0)
    for step in steps[range] { count(step, &oldCount, &newCount) }
    // A range without lines is named by the line before it.
    let (first, second) = (old + (oldCount > 0 ? 1 : 0), new + (newCount > 0 ? 1 : 0))
    return "@@ -\(first),\(oldCount) +\(second),\(newCount) @@"
  }

  private static func count(_ step: Alignment.Step, _ old: inout Int, _ new: inout Int) {
    switch step {
    case .same:
      old += 1
      new += 1
    case .removed: old += 1
    case .added: new += 1
    }
  }
}
